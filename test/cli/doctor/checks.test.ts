import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { writeManifest } from '../../../cli/build/write-manifest.ts';
import { checkBuild } from '../../../cli/doctor/check-build.ts';
import { checkClock } from '../../../cli/doctor/check-clock.ts';
import { checkEnvironment } from '../../../cli/doctor/check-environment.ts';
import { checkNode } from '../../../cli/doctor/check-node.ts';
import { leastReceives } from '../../../cli/doctor/least-receives.ts';
import { checkWorker } from '../../../infra/constructs/check-worker.ts';
import { defineTask } from '../../../lib/index.ts';
import { writeProject } from '../../support/monitored-project.ts';
import { exampleStage } from '../../support/oneuptime-project.ts';

test.each([
  ['20.19.0', 'problem'],
  ['22.17.1', 'warning'],
  ['22.18.0', 'ok'],
  ['24.21.0', 'ok'],
])('Node %s: %s', (version, level) => {
  expect(checkNode(version).level).toBe(level);
});

describe('the build', () => {
  let directory: string;
  const source = () => join(directory, 'functions/health.ts');
  const bundle = () => join(directory, 'dist/functions/health/index.mjs');

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'leadline-build-'));
    const files = { 'functions/health.ts': 'source', 'dist/functions/health/index.mjs': 'bundle' };
    await writeProject(directory, files);
    const contents = Buffer.from('bundle');
    await writeManifest(join(directory, 'dist/functions'), [
      { name: 'health', inputs: [source()], files: [{ path: bundle(), contents }] },
    ]);
  });
  afterEach(() => rm(directory, { recursive: true }));

  test('is fresh as it was built', () => {
    expect(checkBuild(directory)).toEqual({ name: 'build', level: 'ok', text: 'health are fresh' });
  });

  test('is stale once a source has changed', async () => {
    await writeFile(source(), 'another source');
    const { level, text } = checkBuild(directory);
    expect(level).toBe('problem');
    expect(text).toBe(`health is stale: ${source()} has changed since it was built`);
  });

  test('is not what was built once a bundle is gone', async () => {
    await rm(bundle());
    const { level, text } = checkBuild(directory);
    expect(level).toBe('problem');
    expect(text).toContain(`${bundle()} is another or missing`);
  });

  test('that there is none of is a warning', async () => {
    await rm(join(directory, 'dist'), { recursive: true });
    expect(checkBuild(directory).level).toBe('warning');
  });
});

describe('the environment', () => {
  test('is well when nothing in it leads elsewhere', () => {
    expect(checkEnvironment({ METRIC_PREFIX: '' }, exampleStage())).toEqual([
      { name: 'environment', level: 'ok', text: 'nothing in it leads elsewhere' },
    ]);
  });

  test.each([
    ['AWS_ENDPOINT_URL', 'http://127.0.0.1:4566'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://collector'],
    ['OTEL_SDK_DISABLED', 'true'],
    ['METRIC_PREFIX', 'celery.'],
  ])('%s is a warning that names it', (name, value) => {
    const [finding, ...others] = checkEnvironment({ [name]: value }, exampleStage());
    expect(others).toEqual([]);
    expect(finding?.level).toBe('warning');
    expect(finding?.text).toContain(name);
  });
});

test('AWS_ENDPOINT_URL is shown without its password', () => {
  const environment = { AWS_ENDPOINT_URL: 'http://me:4711@127.0.0.1:4566/?key=4711' };
  const [finding] = checkEnvironment(environment, exampleStage());
  expect(finding?.text).toContain('AWS_ENDPOINT_URL is http://***@127.0.0.1:4566/?***:');
  expect(finding?.text).not.toContain('4711');
});

describe('the least maxReceiveCount', () => {
  const settings = (fifo: boolean, batchSize: number, maxReceiveCount: number) => ({
    queueName: 'images',
    fifo,
    batchSize,
    maxReceiveCount,
    hasDeadLetterQueue: true,
    hasTaskTable: false,
    visibilityTimeout: 240,
    functionTimeout: 40,
    batchingWindow: 0,
    maxConcurrency: 2,
    reservedConcurrency: undefined,
  });
  test.each([
    [[], false, 10],
    [[], true, 2],
    [[3, 7], false, 10],
    [[3, 7], true, 1],
    [[3, 7], true, 4],
  ])(
    'of tasks with %j attempts, fifo %s, batches of %i, is what the stack refuses one less of',
    (attempts, fifo, batchSize) => {
      const tasks = attempts.map((maxAttempts) =>
        defineTask({ name: `a_${maxAttempts}`, payload: z.object({}), retry: { maxAttempts } }),
      );
      const least = leastReceives(attempts, { fifo, batchSize });
      expect(() => checkWorker({ ...settings(fifo, batchSize, least), tasks })).not.toThrow();
      expect(() => checkWorker({ ...settings(fifo, batchSize, least - 1), tasks })).toThrow(
        `Set maxReceiveCount to ${least} or more`,
      );
    },
  );
});

describe('the clock', () => {
  const now = Date.parse('2026-08-01T12:00:00Z');
  test.each([
    ['Sat, 01 Aug 2026 11:59:52 GMT', 'ok', 'within 10 s'],
    ['Sat, 01 Aug 2026 11:59:00 GMT', 'warning', '60 s ahead'],
    ['Sat, 01 Aug 2026 12:01:00 GMT', 'warning', '60 s behind'],
    ['Sat, 01 Aug 2026 12:05:00 GMT', 'problem', '300 s behind'],
    ['yesterday', 'warning', 'not measured'],
  ])('by an answer of %s: %s', (date, level, text) => {
    expect(checkClock(date, now)).toMatchObject({ level, text });
  });
});
