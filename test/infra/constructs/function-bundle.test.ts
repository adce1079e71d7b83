import { readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { App } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildFunctions } from '../../../cli/build/build-functions.ts';
import { readFunctionBundle } from '../../../infra/constructs/function-bundle.ts';
import { assetFiles } from '../asset-files.ts';
import {
  createFixtureProject,
  type FixtureProject,
  removeFixtureProject,
} from '../fixture-bundles.ts';
import { createStack } from '../synthesize.ts';

let project: FixtureProject;

beforeEach(async () => {
  project = await createFixtureProject(['enqueue-task', 'health']);
});
afterEach(() => removeFixtureProject(project));

const read = (name = 'enqueue-task') => readFunctionBundle(project.bundles, name);

/** The files that would be deployed, by their names. */
function deployed(): string[] {
  const stack = createStack();
  const runtime = Runtime.NODEJS_24_X;
  new LambdaFunction(stack, 'Function', { runtime, handler: 'index.handler', code: read() });
  const [files] = assetFiles((stack.node.root as App).synth());
  return [...(files?.keys() ?? [])].toSorted();
}

it('takes a bundle that was built from the sources as they are', () => {
  expect(() => read()).not.toThrow();
});

it('refuses one that was never built', () => {
  expect(() => read('process-tasks')).toThrow(
    `The bundle of process-tasks in ${join(project.bundles, 'process-tasks')} is missing; it is built from functions/process-tasks.ts. Run "leadline build"`,
  );
});

it('refuses one whose script is gone', async () => {
  await rm(join(project.bundles, 'enqueue-task/index.mjs'));
  expect(() => read()).toThrow('is missing');
});

it('refuses everything without a manifest', async () => {
  await rm(join(project.bundles, 'manifest.json'));
  expect(() => read()).toThrow('is missing');
});

describe('a manifest of another version', () => {
  const manifest = () => join(project.bundles, 'manifest.json');
  beforeEach(async () => {
    const written = JSON.parse(await readFile(manifest(), 'utf8'));
    await writeFile(manifest(), JSON.stringify({ ...written, version: 2 }));
  });

  it('is refused', () => {
    expect(() => read()).toThrow('was built by another version of Leadline. Run "leadline build"');
  });

  it('is replaced by the next build, and no record of it is kept', async () => {
    await buildFunctions({ projectDirectory: project.directory, functions: ['health'] });
    expect(() => read('health')).not.toThrow();
    expect(() => read('enqueue-task')).toThrow('is missing');
  });
});

describe('a stale bundle', () => {
  it('is one whose source has changed, and the source is named', async () => {
    await project.write('functions/answer.ts', 'export const answer = 43;');
    const source = join(project.directory, 'functions/answer.ts');
    expect(() => read()).toThrow(`is stale: ${source} has changed since it was built.`);
  });

  it('is one whose source is gone', async () => {
    await rm(join(project.directory, 'functions/enqueue-task.ts'));
    expect(() => read()).toThrow('is stale');
  });

  it('is fresh after a build', async () => {
    await project.write('functions/answer.ts', 'export const answer = 43;');
    await project.build();
    expect(() => read()).not.toThrow();
  });

  it('is not one whose sources have only been written anew, with a newer time', async () => {
    const tomorrow = new Date(Date.now() + 86_400_000);
    await utimes(join(project.directory, 'functions/answer.ts'), tomorrow, tomorrow);
    expect(() => read()).not.toThrow();
  });

  it('does not make a bundle of other sources stale', async () => {
    await project.write('functions/health.ts', 'export const handler = () => 1;');
    expect(() => read('health')).toThrow('is stale');
    expect(() => read('enqueue-task')).not.toThrow();
  });
});

it('refuses a bundle that was changed by hand', async () => {
  const script = join(project.bundles, 'enqueue-task/index.mjs');
  await writeFile(script, 'export const handler = 0;');
  expect(() => read()).toThrow(`is not what was built: ${script} is another.`);
});

it('deploys the files of the last build, source maps included, and no chunk of an earlier one', async () => {
  await writeFile(join(project.bundles, 'enqueue-task/chunk-OLD.mjs'), 'export {};');
  expect(deployed()).toEqual(['index.mjs', 'index.mjs.map']);
});
