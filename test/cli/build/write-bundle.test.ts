import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
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

it('keeps the chunks of the build before, which an instance may still load, and removes older ones', async () => {
  await writeBundle(directory, files('chunk-old.mjs', 'index.mjs'));
  const hourAgo = new Date(Date.now() - 3_600_000);
  await utimes(join(directory, 'chunk-old.mjs'), hourAgo, hourAgo);
  await writeFile(join(directory, 'chunk-before.mjs'), '');
  await writeBundle(directory, files('chunk-new.mjs', 'index.mjs'));
  expect((await readdir(directory)).sort()).toEqual([
    'chunk-before.mjs',
    'chunk-new.mjs',
    'index.mjs',
  ]);
});
