import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { repository } from '../../support/repository.ts';
import { buildMain, start, useScratchProjects } from '../../support/scratch-projects.ts';

const { run, write } = useScratchProjects();

it('modules may import one another in a circle, the ones at the start and the late ones', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { early, loadLate } from './early.ts';
      import { both } from './both.ts';
      const late = await loadLate();
      const other = await import('./other.ts');
      console.log(JSON.stringify([early(), late.late(), other.viaLate(), other.isSame(late), both, await late.again(), other.isBoth(await import('./both.ts'))]));`,
    'functions/early.ts': `
      import { both } from './both.ts';
      export const early = () => 'early ' + both;
      export const loadLate = () => import('./late.ts');`,
    'functions/late.ts': `
      import { early } from './early.ts';
      import { viaLate } from './other.ts';
      export const token = {};
      export const late = () => 'late ' + early();
      export const again = async () => (await import('./late.ts')).token === token && viaLate();`,
    'functions/other.ts': `
      import { late, token } from './late.ts';
      import * as all from './both.ts';
      export const viaLate = () => 'via ' + late();
      export const isSame = (it) => it.token === token;
      export const isBoth = (it) => it.object === all.object;`,
    'functions/both.ts': `export const both = 'both'; export const object = {};`,
  });
  const late = 'late early both';
  expect(printed).toEqual(['early both', late, `via ${late}`, true, 'both', `via ${late}`, true]);
});

it('import() takes a name from a template, and finds what lies beside it', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { count } from './count.ts';
      count();
      const language = process.argv.length > 9 ? 'en' : 'de';
      const [some, whole] = [await import(\`./texts/\${language}.ts\`), await import(\`./texts/en.ts\`)];
      console.log(JSON.stringify([some.text(), whole.text(), count()]));`,
    'functions/count.ts': `let n = 0; export const count = () => ++n;`,
    'functions/texts/de.ts': `import { count } from '../count.ts'; export const text = () => 'de' + count();`,
    'functions/texts/en.ts': `import { count } from '../count.ts'; export const text = () => 'en' + count();`,
  });
  expect(printed).toEqual(['de2', 'en3', 4]);
});

it.each(['a project with spaces', "quotes ' and $dollars `and` #hash", 'node_modules/own project'])(
  'a project may lie in any folder: %s',
  async (name) => {
    const files = {
      'functions/main.ts': `
      import { count } from './count.js';
      count();
      const { late } = await import('./late one.ts');
      console.log(JSON.stringify(late()));`,
      'functions/count.ts': `let n = 0; export const count = () => ++n;`,
      'functions/late one.ts': `import { count } from './count.ts'; export const late = () => count();`,
    };
    expect(await run(files, name)).toBe(2);
  },
);

it('a package that has copies of its own is the same one, imported and import()ed', async () => {
  const project = await write({
    'functions/main.ts': `
      import { SchedulerClient } from '@aws-sdk/client-scheduler';
      const later = await import('@aws-sdk/client-scheduler');
      console.log(JSON.stringify(later.SchedulerClient === SchedulerClient));`,
  });
  await symlink(join(repository, 'node_modules'), join(project, 'node_modules'));
  expect(await start(await buildMain(project))).toBe(true);
});
