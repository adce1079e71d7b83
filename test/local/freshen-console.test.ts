import { readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { freshenConsole } from '../../local/freshen-console.ts';
import { copyProject } from '../support/copy-project.ts';

it('builds the page where it is missing or older than a source, and keeps it when one is broken', async () => {
  const project = await copyProject();
  onTestFinished(project.remove);
  const { directory } = project;
  const index = join(directory, 'dist/console/index.html');

  expect(await freshenConsole(directory)).toBe(true);
  const page = await readFile(index, 'utf8');
  // As Content-Security-Policy wants it.
  expect(page).toMatch(/<script type="module"[^>]* src="\.\/assets\/[\w.-]+\.js"><\/script>/);
  expect(page).not.toMatch(/<script(?![^>]*src=)|<style| on\w+=|https?:/);
  expect(await freshenConsole(directory)).toBe(false);

  // As if it had been built before the contract between page and server was changed.
  await utimes(index, new Date(0), new Date(0));
  expect(await freshenConsole(directory)).toBe(true);

  await project.write('cli/console/page/main.tsx', 'this is no source');
  await utimes(index, new Date(0), new Date(0));
  await expect(freshenConsole(directory)).rejects.toThrow();
  expect(await readFile(index, 'utf8')).toBe(page);
}, 60_000);
