import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../../support/repository.ts';
import { buildMain, start, useScratchProjects } from '../../support/scratch-projects.ts';

const { run, write } = useScratchProjects();

/** `late.ts` uses what is loaded at the start: it cannot be evaluated before that is. */
const lateFiles = {
  'functions/count.ts': 'let n = 0; export const count = (): number => ++n;',
  'functions/late.ts': `
    import { count } from './count.ts';
    export const late = () => count();`,
};
const main = `
  import { waited } from './waiting.ts';
  import { count } from './count.ts';
  export const handler = () => import('./late.ts');
  console.log(JSON.stringify([await waited, count()]));`;

it('the entry point may wait at its top for an import() of what uses modules of the start', async () => {
  const printed = await run({
    ...lateFiles,
    'functions/main.ts': `
      import { count } from './count.ts';
      count();
      const { late } = await import('./late.ts');
      console.log(JSON.stringify(late()));`,
  });
  expect(printed).toBe(2);
});

it.each([
  ['await', `export const waited = (await import('./late.ts')).late();`],
  [
    'with types',
    `interface Late { late(): number }
    const module: Late = await (import('./late.ts') satisfies Promise<Late>);
    export const waited: number = module.late() as number;`,
  ],
  [
    'for await',
    `export let waited: number = 0;
    for await (const { late } of [import('./late.ts')]) waited = late();`,
  ],
  [
    'await using',
    `export let waited = 0;
    await using it = { [Symbol.asyncDispose]: async () => {} };
    waited = (await import('./late.ts')).late();`,
  ],
])('so may another module of the project: %s', async (_, waiting) => {
  expect(
    await run({ ...lateFiles, 'functions/main.ts': main, 'functions/waiting.ts': waiting }),
  ).toEqual([1, 2]);
});

const waiting = (late: string) => `export const waited = (await import('${late}')).late();`;

it.each([
  [
    'two imports deep',
    {
      'functions/waiting.ts': `export * from './between.js';`,
      'functions/between.ts': `export { waited } from '../deep/waiting.ts';`,
      'deep/waiting.ts': waiting('../functions/late.ts'),
    },
  ],
  [
    'by a path of tsconfig.json',
    {
      'tsconfig.json': `{ "compilerOptions": { "paths": { "@/*": ["./functions/*"] } } }`,
      'functions/waiting.ts': `export { waited } from '@/deep.ts';`,
      'functions/deep.ts': waiting('./late.ts'),
    },
  ],
  [
    'by a subpath import of package.json',
    {
      'package.json': `{ "imports": { "#deep": { "node": "./functions/deep.ts" } } }`,
      'functions/waiting.ts': `export { waited } from '#deep';`,
      'functions/deep.ts': waiting('./late.ts'),
    },
  ],
  [
    'with a module that is only for Node beside it',
    {
      'package.json': `{ "browser": { "./functions/deep.ts": "./functions/browser.ts" } }`,
      'functions/browser.ts': 'export const waited = 0;',
      'functions/waiting.ts': `import 'node:fs'; export { waited } from './deep.ts';`,
      'functions/deep.ts': waiting('./late.ts'),
    },
  ],
])('however the start comes to it: %s', async (_, files) => {
  expect(await run({ ...lateFiles, 'functions/main.ts': main, ...files })).toEqual([1, 2]);
});

it('so may a workspace of the project', async () => {
  const project = await write({
    ...lateFiles,
    'functions/main.ts': main,
    'functions/waiting.ts': `export { waited } from '@own/shared';`,
    'packages/shared/package.json': `{ "name": "@own/shared", "exports": "./index.ts" }`,
    'packages/shared/index.ts': waiting('../../functions/late.ts'),
  });
  const link = join(project, 'node_modules/@own/shared');
  await mkdir(dirname(link), { recursive: true });
  await symlink('../../packages/shared', link);
  expect(await start(await buildMain(project))).toEqual([1, 2]);
});

it('so may a package for an import() of its own, which is left as it is', async () => {
  const printed = await run({
    ...lateFiles,
    'functions/main.ts': main,
    'functions/waiting.ts': `export { waited } from 'waits';`,
    'node_modules/waits/package.json': `{ "type": "module", "exports": "./index.js" }`,
    'node_modules/waits/index.js': `import './count.js'; ${waiting('./late.js')}`,
    'node_modules/waits/late.js': `export { count as late } from './count.js';`,
    'node_modules/waits/count.js': 'let n = 0; export const count = () => ++n;',
  });
  expect(printed).toEqual([1, 1]);
});

it('so may a package that uses this one, for what this one import()s', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { waited } from '@own/telemetry';
      console.log(JSON.stringify(waited));`,
    'node_modules/@own/telemetry/package.json': `{
      "type": "module", "exports": "./index.js", "peerDependencies": { "leadline": "*" } }`,
    'node_modules/@own/telemetry/index.js': `
      import { toPrometheus } from '${repository}/lib/telemetry/to-prometheus.ts';
      export const waited = typeof (await toPrometheus([]));`,
  });
  expect(printed).toBe('string');
});
