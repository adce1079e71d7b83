import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeBundle } from '../../../cli/build/write-bundle.ts';

let directory = '';
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leadline-bundle-'));
});
afterEach(() => rm(directory, { recursive: true }));

const files = (...names: string[]) =>
  names.map((name) => ({ path: join(directory, name), contents: Buffer.from(name) }));

const age = async (...names: string[]) => {
  const hourAgo = new Date(Date.now() - 3_600_000);
  for (const name of names) await utimes(join(directory, name), hourAgo, hourAgo);
};

it('keeps the chunks of the build before, which an instance may still load, however old it is', async () => {
  await writeBundle(directory, files('chunk-1.mjs', 'index.mjs'));
  await age('chunk-1.mjs', 'index.mjs');
  await writeBundle(directory, files('chunk-2.mjs', 'index.mjs'));
  expect((await readdir(directory)).sort()).toEqual(['chunk-1.mjs', 'chunk-2.mjs', 'index.mjs']);
});

it('removes chunks that were replaced long ago', async () => {
  await writeBundle(directory, files('chunk-1.mjs', 'index.mjs'));
  await writeBundle(directory, files('chunk-2.mjs', 'index.mjs'));
  await age('chunk-1.mjs');
  await writeBundle(directory, files('chunk-3.mjs', 'index.mjs'));
  expect((await readdir(directory)).sort()).toEqual(['chunk-2.mjs', 'chunk-3.mjs', 'index.mjs']);
});
