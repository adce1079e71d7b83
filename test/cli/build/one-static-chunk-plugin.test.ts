import { readdir, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { buildFunctions } from '../../../cli/build/build-functions.ts';
import { repository } from '../../support/repository.ts';
import {
  buildMain,
  loadedWith,
  start,
  useScratchProjects,
} from '../../support/scratch-projects.ts';

const { write } = useScratchProjects();

it('a cold start of this repository’s functions opens few files', async () => {
  const outputDirectory = await write({});
  await buildFunctions({ projectDirectory: repository, outputDirectory });
  for (const [name, most] of [
    ['process-tasks', 5],
    ['enqueue-task', 11],
  ] as const) {
    const files = await loadedWith(join(outputDirectory, name, 'index.mjs'));
    expect(files.length, files.join()).toBeLessThanOrEqual(most);
    expect(files).toContain('index.mjs');
  }
}, 60_000);

const letters = ['a', 'b', 'c', 'd', 'e'];

/** What loads later uses a part each of what is loaded at the start: esbuild's way, a chunk for each. */
it('what is loaded at the start is in one chunk, however many modules that load later use it', async () => {
  const files = letters.flatMap((letter) => [
    [`functions/${letter}.ts`, `export const ${letter} = () => '${letter}';`],
    [
      `functions/late-${letter}.ts`,
      `import { ${letter} } from './${letter}.ts';
       export ${letter === 'b' ? 'default' : 'const it ='} 1;
       export const late = await ${letter};`,
    ],
  ]);
  const project = await write({
    ...Object.fromEntries(files),
    'functions/main.ts': `
      ${letters.map((letter) => `import { ${letter} } from './${letter}.js';`).join('')}
      import settings from './settings.txt' with { type: 'text' };
      import { load } from './load.ts';
      const late = (await load()).map((each) => each.late());
      const any = () => import(\`./texts/\${late}.txt\`);
      console.log(JSON.stringify([[${letters.map((letter) => `${letter}()`).join()}], late, settings, typeof any]));`,
    'functions/load.ts': `
      const all = () => [${letters.map((letter) => `import('./late-${letter}.ts')`).join()}];
      export const load = () => Promise.all(all());`,
    'functions/texts/a.txt': 'a',
    'functions/settings.txt': 'settings',
  });
  const bundle = await buildMain(project);
  const loaded = await loadedWith(join(bundle, 'index.mjs'));
  // One of them is what esbuild adds.
  expect(loaded.length, loaded.join()).toBeLessThanOrEqual(3);
  expect(await start(bundle)).toEqual([letters, letters, 'settings', 'function']);
});

it('what is imported by name of Node’s modules is in that chunk too', async () => {
  const project = await write({
    'functions/main.ts': `
      import { readFileSync } from 'node:fs';
      const loaded = await Promise.all([import('./reads.ts'), import('./joins.ts')]);
      console.log(JSON.stringify(loaded.map(({ it }) => it === readFileSync)));`,
    'functions/reads.ts': `import { readFileSync } from 'node:fs'; export const it = readFileSync;`,
    'functions/joins.ts': `import { join } from 'node:path'; export const it = join;`,
  });
  const bundle = await buildMain(project);
  expect(await loadedWith(join(bundle, 'index.mjs'))).toHaveLength(2);
  expect(await start(bundle)).toEqual([true, false]);
});

it('what a package import()s itself is left as esbuild has it', async () => {
  const project = await write({
    'functions/main.ts': `
      import { later } from 'package/index.js';
      console.log(JSON.stringify(await later()));`,
    'node_modules/package/package.json': '{ "type": "module" }',
    'node_modules/package/index.js': `
      import { shared } from './shared.js';
      export const later = async () => shared + (await import('./later.js')).later;`,
    'node_modules/package/shared.js': `export const shared = 'SHARED';`,
    'node_modules/package/later.js': `export const later = 'LATER';`,
  });
  const bundle = await buildMain(project);
  const atStart = await loadedWith(join(bundle, 'index.mjs'));
  const scripts = (await readdir(bundle)).filter((name) => name.endsWith('.mjs'));
  const [late = ''] = scripts.filter((name) => !atStart.includes(name));
  const withLate = await loadedWith(join(bundle, late));
  const texts = withLate.map((name) => readFile(join(bundle, name), 'utf8'));
  const text = (await Promise.all(texts)).join();
  expect(text).toContain('"LATER"');
  // Which it would load, were it made to import what was loaded at the start.
  expect(text).not.toContain('"SHARED"');
  expect(await start(bundle)).toBe('SHAREDLATER');
});

it('what this package import()s is made to share that chunk where it is installed', async () => {
  const installed = 'node_modules/leadline';
  const project = await write({
    'functions/main.ts': `
      import { load } from 'leadline/dist/lib/load.js';
      console.log(JSON.stringify((await load()).map(({ it }) => it())));`,
    [`${installed}/package.json`]: '{ "type": "module" }',
    [`${installed}/dist/lib/load.js`]: `
      import './a.js'; import './b.js';
      export const load = () => Promise.all([import('./late-a.js'), import('./late-b.js')]);`,
    [`${installed}/dist/lib/a.js`]: `export const a = () => 'a';`,
    [`${installed}/dist/lib/b.js`]: `export const b = () => 'b';`,
    [`${installed}/dist/lib/late-a.js`]: `export { a as it } from './a.js';`,
    [`${installed}/dist/lib/late-b.js`]: `export { b as it } from './b.js';`,
  });
  await symlink(join(repository, 'node_modules/esbuild'), join(project, 'node_modules/esbuild'));
  const builder = join(project, installed, 'dist/cli/build/build-functions.js');
  await build({
    entryPoints: [join(repository, 'cli/build/build-functions.ts')],
    outfile: builder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const { buildFunctions: installedBuild } = await import(pathToFileURL(builder).href);
  await installedBuild({ projectDirectory: project, functions: ['main'] });
  const bundle = join(project, 'dist/functions/main');
  expect(await loadedWith(join(bundle, 'index.mjs'))).toHaveLength(2);
  expect(await start(bundle)).toEqual(['a', 'b']);
});
