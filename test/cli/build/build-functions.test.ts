import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BuiltFunction, buildFunctions } from '../../../cli/build/build-functions.ts';
import { describeBundle } from '../../../cli/build/describe-bundle.ts';

const repository = join(import.meta.dirname, '../../..');
const lib = join(repository, 'lib');
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leadline-build-'));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

async function write(project: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const file = join(project, 'functions', path);
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, text);
  }
}

/** All scripts of a bundle by name, their text. */
async function scriptsOf(bundle: string): Promise<Map<string, string>> {
  const names = (await readdir(bundle)).filter((name) => name.endsWith('.mjs'));
  const texts = names.map(
    async (name) => [name, await readFile(join(bundle, name), 'utf8')] as const,
  );
  return new Map(await Promise.all(texts));
}

/** The names of what a cold start loads: index.mjs and what it imports statically. */
function loadedAtStart(scripts: Map<string, string>, name = 'index.mjs'): string[] {
  const imports = [...(scripts.get(name) ?? '').matchAll(/(?:from|import)"\.\/([^"]+)"/g)];
  return [name, ...imports.flatMap(([, imported]) => loadedAtStart(scripts, imported))];
}

/** All of that in one text. */
function startOf(scripts: Map<string, string>): string {
  return loadedAtStart(scripts)
    .map((name) => scripts.get(name))
    .join();
}

describe('the functions of this repository', () => {
  let built: Map<string, BuiltFunction>;

  beforeAll(async () => {
    const functions = await buildFunctions({
      projectDirectory: repository,
      outputDirectory: directory,
    });
    built = new Map(functions.map((each) => [each.name, each]));
  }, 60_000);

  const origins = (name: string) => built.get(name)?.contributors.map((each) => each.name) ?? [];

  it('process-tasks starts without the AWS SDK: its clients are chunks that load when needed', async () => {
    expect(origins('process-tasks')).toContain('@opentelemetry/sdk-trace');
    expect(origins('process-tasks').filter((name) => /^@(aws-sdk|smithy)\//.test(name))).toEqual(
      [],
    );
    const scripts = await scriptsOf(join(directory, 'process-tasks'));
    for (const target of ['AmazonSQS', 'AmazonSSM', 'secretsmanager', 'DynamoDB_20120810']) {
      const holders = [...scripts].filter(([, text]) => text.includes(`"${target}"`));
      expect(holders.length, target).toBeGreaterThan(0);
      expect(startOf(scripts)).not.toContain(`"${target}"`);
    }
  });

  it('enqueue-task starts with the SQS client and no other', () => {
    expect(origins('enqueue-task')).toContain('@aws-sdk/client-sqs');
    expect(origins('enqueue-task').join()).not.toMatch(
      /client-ssm|client-secrets-manager|client-dynamodb|client-scheduler/,
    );
  });

  it('what only task state needs is in chunks too', async () => {
    for (const [name, text] of [
      ['process-tasks', 'task state could not be written; the task runs without it'],
      ['process-tasks', 'the workflow could not be taken further'],
      ['enqueue-task', 'an Idempotency-Key could not be written'],
      ['enqueue-task', 'There is no record of task'],
    ] as const) {
      const scripts = await scriptsOf(join(directory, name));
      const holders = [...scripts].filter(([, script]) => script.includes(text));
      expect(holders, text).toHaveLength(1);
      expect(loadedAtStart(scripts)).not.toContain(holders[0]?.[0]);
    }
  });

  it('sample-queue-depth starts without what only schedules need', () => {
    expect(origins('sample-queue-depth')).toContain('@aws-sdk/client-sqs');
    expect(origins('sample-queue-depth').join()).not.toMatch(/croner|client-dynamodb|zod/);
  });

  it('the AWS SDK has the one credential provider that Lambda needs', async () => {
    const scripts = await scriptsOf(join(directory, 'enqueue-task'));
    const text = [...scripts.values()].join();
    expect(text.includes('AWS_SESSION_TOKEN')).toBe(true);
    const others = /AWS_CONTAINER_CREDENTIALS|AWS_WEB_IDENTITY|sso_start_url/;
    expect(others.exec(text)?.[0]).toBeUndefined();
  });

  it('a cold start loads no more than it is allowed to', () => {
    expect(built.get('process-tasks')?.loadedBytes).toBeLessThan(210_000);
    expect(built.get('enqueue-task')?.loadedBytes).toBeLessThan(390_000);
  });

  it('a cold start opens few files: each takes Node half a millisecond', async () => {
    for (const [name, most] of [
      ['process-tasks', 4],
      ['enqueue-task', 5],
      ['sample-queue-depth', 5],
    ] as const) {
      const scripts = await scriptsOf(join(directory, name));
      expect(new Set(loadedAtStart(scripts)).size, name).toBeLessThanOrEqual(most);
    }
  });

  it('counts the metrics and exporters apart: they load with the first flush', async () => {
    const { loadedBytes, firstFlushBytes, totalBytes } = built.get(
      'process-tasks',
    ) as BuiltFunction;
    const scripts = await scriptsOf(join(directory, 'process-tasks'));
    const [exporters] = [...scripts.values()].filter((text) => text.includes('"v1/traces"'));
    expect(origins('process-tasks')).not.toContain('@opentelemetry/sdk-metrics');
    expect(firstFlushBytes).toBeGreaterThanOrEqual(exporters?.length ?? Number.NaN);
    expect(loadedBytes + firstFlushBytes).toBeLessThan(totalBytes);
    // What they share with the cold start has been loaded by then.
    expect(firstFlushBytes).toBeLessThan(110_000);
    expect(startOf(scripts)).not.toContain('"v1/traces"');
  });

  it('counts the client of DynamoDB apart: it loads where task state is on', async () => {
    for (const [name, client] of [
      ['process-tasks', 150_000],
      // Which has most of the AWS SDK in any case.
      ['enqueue-task', 20_000],
      ['sample-queue-depth', 0],
    ] as const) {
      expect(built.get(name)?.taskStateBytes, name).toBeGreaterThanOrEqual(client);
    }
    const scripts = await scriptsOf(join(directory, 'process-tasks'));
    expect(startOf(scripts)).not.toContain('DynamoDB_20120810');
    expect([...scripts.values()].join()).toContain('DynamoDB_20120810');
  });

  it('holds of sdk-trace-node what is used, and not its CommonJS', async () => {
    const text = [...(await scriptsOf(join(directory, 'process-tasks'))).values()].join();
    expect(text.includes('TraceIdRatioBased')).toBe(true);
    expect(text.includes('NodeTracerProvider')).toBe(false);
    expect(text.includes('BatchSpanProcessor')).toBe(false);
  });

  it('is described by what a cold start loads, the whole, and the ten largest origins', () => {
    const enqueueTask = built.get('enqueue-task') as BuiltFunction;
    const [heading, ...lines] = describeBundle(enqueueTask).split('\n');
    expect(heading).toMatch(
      /^enqueue-task: a cold start loads \d+ KB of \d+ KB, \d+ KB more load with the first flush, \d+ KB more where task state is on; \d+ KB with source maps$/,
    );
    expect(lines).toHaveLength(10);
    for (const line of lines) expect(line).toMatch(/^ +\d+(\.\d)? KB {2}\S+$/);
    const kilobytes = lines.map((line) => Number.parseFloat(line));
    expect(kilobytes).toEqual(kilobytes.toSorted((a, b) => b - a));
  });
});

it.each([
  ['in functions/', 'own-sdk.ts'],
  ['in a lib/telemetry/ of its own', '../lib/telemetry/own-sdk.ts'],
])(
  'a project that uses sdk-trace-node itself has all of it, %s',
  async (_, file) => {
    const project = join(directory, `own-sdk-${file.length}`);
    await write(project, {
      ...(file !== 'own-sdk.ts' && {
        'own-sdk.ts': `export * from '../lib/telemetry/own-sdk.ts';`,
      }),
      [file]: `
      import { context } from '@opentelemetry/api';
      import * as sdk from '@opentelemetry/sdk-trace-node';
      import { startTelemetry } from '${lib}/telemetry.ts';
      await startTelemetry({ environment: {} });
      const provider = new sdk.NodeTracerProvider();
      export const handler = async () => [
        provider.getTracer('t').startSpan('work').isRecording(),
        typeof provider.register,
        typeof sdk.BatchSpanProcessor,
        context.active() !== undefined,
      ];`,
    });
    await symlink(join(repository, 'node_modules'), join(project, 'node_modules'));
    const outputDirectory = join(project, 'dist');
    await buildFunctions({ projectDirectory: project, outputDirectory, functions: ['own-sdk'] });
    const program = `const { handler } = await import('./index.mjs'); console.log(JSON.stringify(await handler()));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '-e', program],
      { cwd: join(outputDirectory, 'own-sdk'), env: {} },
    );
    expect(stdout).toContain('[true,"function","function",true]');
  },
  60_000,
);

describe('a project with a heavy task', () => {
  const schema = `{ '~standard': { version: 1, vendor: 'test', validate: (value) => ({ value }) } }`;
  const ballast = 'BALLAST '.repeat(131_072);

  it('its producer holds none of the work', async () => {
    const project = join(directory, 'heavy');
    await write(project, {
      'tasks/heavy.ts': `
        import { defineTask } from '${lib}/index.ts';
        export const heavy = defineTask({ name: 'heavy', http: true, payload: ${schema} });`,
      'tasks/heavy.run.ts': `
        import { implementTask } from '${lib}/index.ts';
        import { ballast } from './ballast.ts';
        import { heavy } from './heavy.ts';
        export const runHeavy = implementTask(heavy, async () => { console.log(ballast); });`,
      'tasks/ballast.ts': `export const ballast = ${JSON.stringify(ballast)};`,
      'enqueue-task.ts': `
        import { createEnqueueHandler } from '${lib}/producer.ts';
        import { heavy } from './tasks/heavy.ts';
        export const handler = createEnqueueHandler({ tasks: [heavy], producer: undefined });`,
      'process-tasks.ts': `
        import { createWorker } from '${lib}/worker.ts';
        import { runHeavy } from './tasks/heavy.run.ts';
        export const handler = createWorker([runHeavy], { queues: {} });`,
    });
    const [enqueue, work] = await buildFunctions({
      projectDirectory: project,
      functions: ['enqueue-task', 'process-tasks'],
    });
    expect(work?.totalBytes).toBeGreaterThan(1_000_000);
    expect(enqueue?.totalBytes).toBeLessThan(500_000);
    const scripts = await scriptsOf(join(project, 'dist/functions/enqueue-task'));
    expect([...scripts.values()].join().includes('BALLAST')).toBe(false);
  });

  it('names and stacks of errors are those of the sources, and the same when another file changed', async () => {
    const project = join(directory, 'failing');
    const outputs: unknown[][] = [];
    for (const [turn, elsewhere] of ['', 'export const more = [1, 2, 3].map(String);'].entries()) {
      await write(project, {
        'fail.ts': `
          class CardDeclined extends Error {}
          export function chargeCard() { throw new CardDeclined('declined'); }`,
        'other.ts': `export const other = () => 'other ${turn}'; ${elsewhere}`,
        'failing.ts': `
          import * as others from './other.ts';
          import { chargeCard } from './fail.ts';
          import { errorType } from '${lib}/instrumentation/error-type.ts';
          import { originalStack } from '${lib}/instrumentation/original-stack.ts';
          export function handler() {
            try { chargeCard(); } catch (error) {
              return [errorType(error), originalStack(error.stack).split('\\n').slice(0, 2).join(), Object.keys(others).length, error.stack];
            }
          }`,
      });
      const outputDirectory = join(directory, `failing-${turn}`);
      await buildFunctions({ projectDirectory: project, functions: ['failing'], outputDirectory });
      const { handler } = await import(
        pathToFileURL(join(outputDirectory, 'failing/index.mjs')).href
      );
      outputs.push(handler());
    }
    const [first, second] = outputs;
    expect(first?.slice(0, 2)).toEqual([
      'CardDeclined',
      expect.stringMatching(/^Error: declined, +at chargeCard \(\S*functions\/fail\.ts:3:\d+\)$/),
    ]);
    expect(second?.slice(0, 2)).toEqual(first?.slice(0, 2));
    expect(second?.[2]).not.toBe(first?.[2]);
  });
});

it('an optional package that is not installed is no reason to fail the build', async () => {
  const project = join(directory, 'sparse');
  await write(project, {
    'sparse.ts': `
      export const handler = () =>
        import('@opentelemetry/propagator-b3').then(() => 'there', ({ code }) => code);`,
  });
  await buildFunctions({ projectDirectory: project, functions: ['sparse'] });
  const bundle = join(project, 'dist/functions/sparse/index.mjs');
  // In a process of its own: vitest would find the package.
  const script = `import(${JSON.stringify(bundle)}).then(async (it) => console.log(await it.handler()))`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  expect(stdout).toBe('ERR_MODULE_NOT_FOUND\n');
});
