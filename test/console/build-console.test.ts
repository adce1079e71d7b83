import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BuiltConsole, buildConsoleAside } from './built-console.ts';

let built: BuiltConsole;
beforeAll(async () => {
  built = await buildConsoleAside();
}, 120_000);
afterAll(() => built?.remove());

test('the page weighs less than 200 KB in all, compressed', async () => {
  const files = (await filesOf(built.directory)).filter((file) => file.endsWith('.gz'));
  const sizes = await Promise.all(files.map(async (file) => (await stat(file)).size));
  // index.html, its script, its style sheet and its icon.
  expect(files).toHaveLength(4);
  expect(sizes.reduce((sum, size) => sum + size)).toBeLessThan(200_000);
});

test('what is loaded has a hash in its name, and comes from beside the page', async () => {
  const html = await readFile(join(built.directory, 'index.html'), 'utf8');
  const addresses = [...html.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address);
  expect(addresses).toHaveLength(3);
  for (const address of addresses) {
    expect(address).toMatch(/^\.\/assets\/[\w-]+-[\w-]{8}\.(js|css|svg)$/);
  }
});

test('nothing in the HTML needs unsafe-inline', async () => {
  const html = await readFile(join(built.directory, 'index.html'), 'utf8');
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=/i);
  expect([...html.matchAll(/<script[^>]*>([^<]*)<\/script>/g)].map(([, code]) => code)).toEqual([
    '',
  ]);
});

test('no address of another host is in the style sheet', async () => {
  const files = (await filesOf(built.directory)).filter((file) => file.endsWith('.css'));
  for (const file of files) expect(await readFile(file, 'utf8')).not.toMatch(/url\(|https?:/);
  expect(files).toHaveLength(1);
});

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((each) => join(each.parentPath, each.name));
}
