import { expect, it } from 'vitest';
import { repository } from '../../support/repository.ts';
import { buildMain, useScratchProjects } from '../../support/scratch-projects.ts';

const { run, write } = useScratchProjects();

it('import() of a module that is not there fails the build, which names it and who wants it', async () => {
  const project = await write({
    'functions/main.ts': `export const handler = async () => (await import('./missing.ts')).it;`,
  });
  await expect(buildMain(project)).rejects.toThrow(
    /functions\/main\.ts:1:\d+: ERROR: Could not resolve "\.\/missing\.ts"/,
  );
});

it('import() of a module that does not parse fails the build, which names its line', async () => {
  const project = await write({
    'functions/main.ts': `export const handler = async () => (await import('./broken.ts')).it;`,
    'functions/broken.ts': 'export const it = 1;\nexport const = 2;',
  });
  await expect(buildMain(project)).rejects.toThrow(/functions\/broken\.ts:2:13: ERROR: Expected/);
});

it('import() of a module that is not there can be caught when it is run', async () => {
  const printed = await run({
    'functions/main.ts': `
      const codes = [await import('not-installed').catch(({ code }) => code)];
      try { await import('./missing.ts'); } catch ({ code }) { codes.push(code); }
      console.log(JSON.stringify(codes));`,
  });
  expect(printed).toEqual(['ERR_MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND']);
});

it('stacks are those of the sources, of what is loaded at the start and of what loads later', async () => {
  const printed = await run({
    'functions/main.ts': `
      import { failEarly } from './early.ts';
      import { originalStack } from '${repository}/lib/instrumentation/original-stack.ts';
      const { failLate } = await import('./late.ts');
      const frames = [failEarly, failLate].map((fail) => {
        try { fail(); } catch (error) { return originalStack(error.stack).split('\\n')[1]; }
      });
      console.log(JSON.stringify(frames));`,
    'functions/early.ts': `
      export function failEarly() { throw new Error('early'); }`,
    'functions/late.ts': `
      import { failEarly } from './early.ts';

      export function failLate() {
        if (Date.now() < 0) failEarly();
        throw new Error('late');
      }`,
  });
  expect(printed).toEqual([
    expect.stringMatching(/^ +at failEarly \(\S*functions\/early\.ts:2:\d+\)$/),
    expect.stringMatching(/^ +at failLate \(\S*functions\/late\.ts:6:\d+\)$/),
  ]);
});
