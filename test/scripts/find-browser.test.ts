import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findBrowser } from '../../scripts/find-browser.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadline-browser-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('the PATH is looked through in its order', async () => {
  const program = await put('google-chrome');
  const path = [join(folder, 'missing'), folder].join(delimiter);
  expect(findBrowser({ PATH: path })).toBe(program);
});

test('CHROMIUM_PATH comes before the PATH', async () => {
  await put('chromium');
  const other = await put('other');
  expect(findBrowser({ PATH: folder, CHROMIUM_PATH: other })).toBe(other);
});

test('there is none where none can be run', async () => {
  await writeFile(join(folder, 'chromium'), '');
  expect(findBrowser({ PATH: folder })).toBeUndefined();
  expect(findBrowser({ CHROMIUM_PATH: join(folder, 'missing') })).toBeUndefined();
});

async function put(name: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, '#!/bin/sh\n');
  await chmod(path, 0o755);
  return path;
}
