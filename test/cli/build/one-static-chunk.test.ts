import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildFunctions, type KeptBuilds } from '../../../cli/build/build-functions.ts';

let directory: string;
let projects = 0;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leadline chunks '));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

interface Built {
  project: string;
  /** What the bundle prints, as JSON; of a process that never ends the test's own timeout tells. */
  output(): Promise<unknown>;
  write(files: Record<string, string>): Promise<void>;
  build(): Promise<void>;
}

/** Builds `functions/main.ts`, in a folder whose name has spaces. */
async function build(files: Record<string, string>, kept?: KeptBuilds): Promise<Built> {
  projects += 1;
  const project = join(directory, `project ${projects}`);
  const bundle = join(project, 'dist/functions/main');
  const write = async (each: Record<string, string>) => {
    for (const [path, text] of Object.entries(each)) {
      await mkdir(dirname(join(project, path)), { recursive: true });
      await writeFile(join(project, path), text);
    }
  };
  const built: Built = {
    project,
    write,
    async output() {
      const { stdout } = await promisify(execFile)(process.execPath, [join(bundle, 'index.mjs')]);
      return JSON.parse(stdout) as unknown;
    },
    async build() {
      await buildFunctions({
        projectDirectory: project,
        functions: ['main'],
        ...(kept && { kept }),
      });
    },
  };
  await write(files);
  await built.build();
  return built;
}

const print = (value: string) => `console.log(JSON.stringify(${value}));`;

/** Three modules of the start, of which chunks that load later use different ones. */
const STATICS = {
  'functions/a.ts': `export class A { readonly of = 'a'; }; export const counter = { value: 0 };`,
  'functions/b.ts': `export const b = 'b';`,
  'functions/c.ts': `import { b } from './b.ts'; export const c = b + 'c';`,
  'functions/late-a.ts': `import { A, counter } from './a.ts'; counter.value += 1; export const a: A = new A();`,
  'functions/late-b.ts': `import { b } from './b.ts'; import { c } from './c.ts'; export const late = b + c;`,
};
const IMPORTS = `import { A, counter } from './a.ts'; import { b } from './b.ts'; import { c } from './c.ts';`;

it('what loads later shares the modules of the start', async () => {
  const built = await build({
    ...STATICS,
    'functions/main.ts': `${IMPORTS}
      const { a } = await import('./late-a.ts');
      const { late } = await import('./late-b.ts');
      ${print('[a instanceof A, counter.value, late, b, c]')}`,
  });
  expect(await built.output()).toEqual([true, 1, 'bbc', 'b', 'bc']);
});

it.each([
  [
    'in a module of the start',
    { 'functions/a.ts': `const { late } = await import('./late-b.ts'); export const a = late;` },
  ],
  [
    'two imports deep, among types',
    {
      'functions/a.ts': `export { a } from './deep/a.ts';`,
      'functions/deep/a.ts': `interface T { x: string }
        const { late } = (await import('../late-b.ts')) as { late: string };
        export const a: T['x'] = late;`,
    },
  ],
])('a top-level await that waits for what loads later does not hang, %s', async (_, files) => {
  const built = await build({
    ...STATICS,
    'functions/late-a.ts': 'export {};',
    ...files,
    'functions/main.ts': `import { a } from './a.ts'; import { c } from './c.ts'; ${print('[a, c]')}`,
  });
  expect(await built.output()).toEqual(['bbc', 'bc']);
});

it.each([
  ['export default', `import { b } from './b.ts'; export default b; export const name = 'n';`],
  [
    'export as default',
    `import { b } from './b.ts'; const name = 'n'; export { name, b as default };`,
  ],
])('a default export comes with import(): %s', async (_, late) => {
  const built = await build({
    ...STATICS,
    'functions/late.ts': late,
    'functions/main.ts': `${IMPORTS}
      const module = await import('./late.ts');
      ${print('[module.default, module.name, b, c, counter.value, new A().of]')}`,
  });
  expect(await built.output()).toEqual(['b', 'n', 'b', 'bc', 0, 'a']);
});

it('CommonJS that is imported later has its exports', async () => {
  const built = await build({
    ...STATICS,
    'functions/late.cjs': `const fs = require('node:fs'); module.exports = { one: 1, has: typeof fs.readFileSync };`,
    'functions/main.ts': `${IMPORTS}
      const module = await import('./late.cjs');
      ${print('[module.default.one, module.default.has, b, c, counter.value, new A().of]')}`,
  });
  expect(await built.output()).toEqual([1, 'function', 'b', 'bc', 0, 'a']);
});

it('a module that is only imported later is evaluated then, and once', async () => {
  const log = (name: string) => `(globalThis.order ??= []).push('${name}');`;
  const built = await build({
    'functions/b.ts': `${log('b')} export const b = 1;`,
    'functions/c.ts': `import { b } from './b.ts'; ${log('c')} export const c = b;`,
    'functions/late.ts': `import { c } from './c.ts'; import { b } from './b.ts'; ${log('late')} export const late = b + c;`,
    'functions/main.ts': `import { c } from './c.ts';
      ${log('main')} const { late } = await import('./late.ts'); await import('./late.ts'); ${log('end')}
      ${print('[globalThis.order, c, late]')}`,
  });
  expect(await built.output()).toEqual([['b', 'c', 'main', 'late', 'end'], 1, 2]);
});

it('a module of the start and one that it imports later may import each other', async () => {
  const built = await build({
    'functions/a.ts': `export const a = 'a'; export const load = () => import('./late.ts');`,
    'functions/late.ts': `import { a, load } from './a.ts'; export const late = a; export const again = load;`,
    'functions/both.ts': `export { a } from './a.ts'; export default 'd';`,
    'functions/main.ts': `import * as start from './a.ts'; import d, { a } from './both.ts';
      const { late, again } = await start.load();
      ${print('[late, (await again()).late, start.a, d, a]')}`,
  });
  expect(await built.output()).toEqual(['a', 'a', 'a', 'd', 'a']);
});

it('a module that is missing fails the build by its name', async () => {
  const built = build({ 'functions/main.ts': `await import('./nowhere.ts');` });
  await expect(built).rejects.toThrow('./nowhere.ts');
});

it('a rebuild sees what the entry point imports now, and an await that was added', async () => {
  const kept: KeptBuilds = new Map();
  const late = `const { late } = await import('./late-b.ts'); ${print('[late, extra]')}`;
  const built = await build({ ...STATICS, 'functions/main.ts': `const extra = 0; ${late}` }, kept);
  expect(await built.output()).toEqual(['bbc', 0]);
  await built.write({ 'functions/main.ts': `import { c as extra } from './c.ts'; ${late}` });
  await built.build();
  expect(await built.output()).toEqual(['bbc', 'bc']);
  await built.write({
    'functions/c.ts': `const { b } = await import('./b.ts'); export const c = b;`,
  });
  await built.build();
  expect(await built.output()).toEqual(['bb', 'b']);
  await kept.get('main')?.dispose();
});
