import { expect, it } from 'vitest';
import { useScratchProjects } from '../../support/scratch-projects.ts';

const { run } = useScratchProjects();

const noted = (name: string) => `import { log } from './order.ts'; log.push('${name}');`;

it('what import() loads shares its modules with what was loaded at the start', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { Money, count } from './money.ts';
      import { pay } from './pay.ts';
      count();
      const { made, counted } = await import('./late.ts');
      console.log(JSON.stringify([made() instanceof Money, counted(), count(), pay()]));`,
    'functions/money.ts': `let n = 0; export class Money {} export const count = () => ++n;`,
    'functions/pay.ts': `import { count } from './money.ts'; export const pay = () => count();`,
    'functions/late.ts': `
      import { Money, count } from './money.ts';
      export const made = () => new Money();
      export const counted = () => count();`,
  });
  expect(printed).toEqual([true, 2, 3, 4]);
});

it.each([
  ['export default', `export default 'it'; export const name = 'n';`],
  ['as default', `const x = 'it', name = 'n'; export { x as default, name };`],
  ["as 'default'", `const x = 'it', name = 'n'; export { name, x as 'default' };`],
  ['passed on', `export { it as /* which */ default, name } from './other.ts';`],
  ['a namespace', `export * as default from './it.ts'; export const name = 'n';`, { it: 'it' }],
  ['export = of TypeScript', `const it = 'it'; export = { it };`, { it: 'it' }, undefined],
  ['CommonJS', `/*\nexport {}\n*/ module.exports = { it: 'it' };`, { it: 'it' }, undefined],
  [
    'transpiled CommonJS',
    `exports.__esModule = true; exports.default = 'it'; exports.name = 'n';`,
    { default: 'it', name: 'n', __esModule: true },
    undefined,
  ],
  ['none', `export * from './other.ts';`, undefined],
])('import() gives the default export and the names of a module: %s', async (...it) => {
  const [, source, defaultExport = it.length > 2 ? undefined : 'it'] = it;
  const printed = await run({
    'functions/main.ts': `
      import { shared } from './shared.ts';
      const { default: it, name } = await import('./later.ts');
      console.log(JSON.stringify({ it, name, shared }));`,
    'functions/shared.ts': `export const shared = 's';`,
    'functions/it.ts': `export const it = 'it';`,
    'functions/other.ts': `export * from './it.ts'; export const name = 'n'; export default 1;`,
    'functions/later.ts': source,
  });
  const name = it.length > 3 ? {} : { name: 'n' };
  expect(printed).toEqual({ shared: 's', ...name, ...(defaultExport && { it: defaultExport }) });
});

it('import() of CommonJS, JSON and text gives what is in them', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { shared } from './shared.cjs';
      const { default: later } = await import('./later.cjs');
      const { default: json } = await import('./facts.json', { with: { type: 'json' } });
      const { default: text } = await import('./text.ts', { with: { type: 'text' } });
      console.log(JSON.stringify([later.name, later.shared === shared, json, text]));`,
    'functions/shared.cjs': 'exports.shared = {};',
    'functions/later.cjs': `module.exports = { name: 'n', ...require('./shared.cjs') };`,
    'functions/facts.json': '{ "a":\n1 }',
    'functions/text.ts': 'export const x = 1;',
  });
  expect(printed).toEqual(['n', true, { a: 1 }, 'export const x = 1;']);
});

it('modules are evaluated in the order of the sources, and what is import()ed when it is', async () => {
  const printed = await run({
    'functions/order.ts': 'export const log = [];',
    'functions/main.ts': `
      import './z.ts'; import './a.ts'; import { log } from './order.ts'; import './m.ts';
      log.push('main');
      await import('./late.ts');
      log.push('after');
      console.log(JSON.stringify(log));`,
    'functions/z.ts': `import './deep.ts'; ${noted('z')}`,
    'functions/deep.ts': noted('deep'),
    'functions/a.ts': noted('a'),
    'functions/m.ts': `import './a.ts'; ${noted('m')} export const m = () => import('./later.ts');`,
    'functions/late.ts': `import './a.ts'; import './own.ts'; ${noted('late')} export const late = 1;`,
    'functions/own.ts': `import './deep.ts'; ${noted('own')}`,
    'functions/later.ts': `import './m.ts'; import './own.ts'; ${noted('later')} export const later = 1;`,
  });
  expect(printed).toEqual(['deep', 'z', 'a', 'm', 'main', 'own', 'late', 'after']);
});
