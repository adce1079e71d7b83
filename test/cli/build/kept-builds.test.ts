import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import type { KeptBuilds } from '../../../cli/build/build-functions.ts';
import { put } from '../../support/installation.ts';
import {
  buildMain,
  loadedWith,
  start,
  useScratchProjects,
} from '../../support/scratch-projects.ts';

const { write } = useScratchProjects();
const kept: KeptBuilds = new Map();
afterAll(() => Promise.all([...kept.values()].map((context) => context.dispose())));

const main = (more: string) => `
  import { a } from './a.ts';
  ${more}
  const lates = await Promise.all([import('./late-a.ts'), import('./late-b.ts')]);
  console.log(JSON.stringify([a(), ...lates.map(({ late }) => late())]));`;

it('a rebuild notices a new import of the entry point, and a new await at the top', async () => {
  const project = await write({
    'functions/a.ts': `export const a = () => 'a';`,
    'functions/b.ts': `export const b = () => 'b';`,
    'functions/late-a.ts': `import { a } from './a.ts'; export const late = a;`,
    'functions/late-b.ts': `import { b } from './b.ts'; export const late = b;`,
    'functions/main.ts': main(''),
  });
  const index = join(await buildMain(project, kept), 'index.mjs');
  expect(await start(join(index, '..'))).toEqual(['a', 'a', 'b']);

  await put(project, 'functions/main.ts', main(`import { b } from './b.ts'; b();`));
  const bundle = await buildMain(project, kept);
  // Apart they would be three: `a` for one that loads later, `b` for the other.
  expect(await loadedWith(index)).toHaveLength(2);
  expect(await start(bundle)).toEqual(['a', 'a', 'b']);

  await put(
    project,
    'functions/b.ts',
    `
    export const b = () => 'waited';
    (await import('./late-a.ts')).late();`,
  );
  await buildMain(project, kept);
  expect(await start(bundle)).toEqual(['a', 'a', 'waited']);
  expect(await readdir(bundle)).toContain('index.mjs');
});
