import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { loadProject } from '../../../cli/project/load-project.ts';
import { readStage } from '../../../cli/project/read-stage.ts';
import { tasks } from '../../../functions/tasks/index.ts';
import { describeStage, type StageConfig } from '../../../infra/config.ts';
import { writeProject } from '../../support/monitored-project.ts';
import { exampleStage } from '../../support/oneuptime-project.ts';
import { repository } from '../../support/repository.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'leadline-load-'));
});
afterEach(() => rm(directory, { recursive: true }));

test("the repository's own stage, as its stack has it", async () => {
  const stage = await loadProject(repository, 'prod');
  const { queues, oneuptime } = describeStage('prod');
  expect(Object.keys(stage.queues)).toEqual(Object.keys(queues));
  expect(stage.queues['low']?.thresholds).toEqual(queues['low']?.thresholds);
  expect(stage.queues['low']?.functionTimeoutSeconds).toBe(40);
  expect(stage.tokenParameter).toBe(oneuptime.tokenParameter);
  expect(stage.tasks.map(({ name }) => name)).toEqual(['process_order', 'process_payment']);
});

test('a project of somebody, which says little, has the defaults', async () => {
  await writeProject(directory);
  expect(await loadProject(directory, 'test')).toEqual({
    stage: 'test',
    serviceName: 'leadline',
    metricPrefix: '',
    endpoint: 'https://oneuptime.com/otlp',
    tokenParameter: '/leadline/test/oneuptime-token',
    healthTokenParameter: '/leadline/test/health-token',
    taskState: false,
    queues: {
      images: {
        fifo: false,
        functionTimeoutSeconds: 39,
        batchSize: 10,
        batchingWindowSeconds: 6,
        thresholds: {
          depth: 1000,
          oldestMessageAgeSeconds: 300,
          inFlight: 90_000,
          deadLetters: 0,
        },
      },
    },
    tasks: [
      {
        name: 'resize_image',
        queue: 'images',
        maxAttempts: 7,
        scheduled: false,
        thresholds: { failureRate: 0.05, retriesPerMinute: 100, p95DurationMs: 16_000 },
      },
    ],
    unknownTask: { failureRate: 0.05, retriesPerMinute: 100, p95DurationMs: 24_000 },
  });
});

test.each([
  ['functions/tasks/index.ts', 'export const other = [];', /does not export tasks/],
  ['infra/config.ts', 'export const describeStage = {};', /not a function of the stage/],
  ['infra/config.ts', 'throw new Error("broken");', /config\.ts cannot be loaded: broken/],
])('%s as %s is refused', async (file, text, message) => {
  await writeProject(directory, { [file]: text });
  await expect(loadProject(directory, 'dev')).rejects.toThrow(message);
});

describe('thresholds', () => {
  test('of a task have a place in the configuration of the stage', () => {
    const config: StageConfig = {
      ...describeStage('dev'),
      tasks: { process_order: { thresholds: { retriesPerMinute: 5 } } },
    };
    const [order] = readStage(config, tasks, 'dev').tasks;
    expect(order?.thresholds.retriesPerMinute).toBe(5);
  });

  test('of one queue and one task, the others keep their defaults', () => {
    const stage = exampleStage({
      queues: { high: { thresholds: { depth: 7 } }, default: {} },
      tasks: { process_order: { thresholds: { p95DurationMs: 900 } } },
    });
    expect(stage.queues['high']?.thresholds).toMatchObject({ depth: 7, inFlight: 90_000 });
    const [order, payment] = stage.tasks;
    expect(order?.thresholds).toMatchObject({ p95DurationMs: 900, failureRate: 0.05 });
    expect(payment?.thresholds.p95DurationMs).toBe(24_000);
  });

  test.each([
    [
      { queues: { high: { thresholds: { depth: '1000' } } } },
      'queues.high.thresholds.depth is "1000"; give a number',
    ],
    [{ queues: { high: { thresholds: { depth: Number.NaN } } } }, 'give a number of 0 or more'],
    [
      { queues: { high: { thresholds: { depht: 1 } } } },
      'there is no such threshold. There are depth,',
    ],
    [{ tasks: { process_order: { thresholds: { failureRate: -1 } } } }, 'failureRate is -1'],
    [{ tasks: { proces_order: {} } }, 'tasks.proces_order: there is no such task'],
    [{ metricPrefix: 7 }, 'metricPrefix is 7; give a text'],
    [{ queues: [] }, 'queues is []; give an object'],
    [
      { tasks: { process_order: { thresholds: { failureRate: 5 } } } },
      'tasks.process_order.thresholds.failureRate is 5, which no rate is over',
    ],
    [
      { queues: { high: {}, low: {} } },
      'Task "process_order" is for the queue "default", and queues has high, low.',
    ],
    [{ queues: {} }, 'and queues has none. Add it to queues'],
    [{ serviceName: '' }, 'serviceName is ""; give a text'],
    [{ stage: '' }, 'stage is ""; give a text'],
    [{ oneuptime: { tokenParameter: '' } }, 'oneuptime.tokenParameter is ""; give a text'],
  ])('%j is refused by name', (overrides, message) => {
    expect(() => exampleStage(overrides)).toThrow(message);
  });
});

test('a rate of 1 and an empty prefix are ones that can be meant', () => {
  const tasks = { process_order: { thresholds: { failureRate: 1 } } };
  const stage = exampleStage({ tasks, metricPrefix: '' });
  expect(stage.tasks[0]?.thresholds.failureRate).toBe(1);
  expect(stage.metricPrefix).toBe('');
});

test('without queues it has those that its tasks name', () => {
  const contracts = [{ name: 'a', queue: 'x', timeoutSeconds: 1 }];
  expect(Object.keys(readStage({ stage: 'dev' }, contracts, 'dev').queues)).toEqual(['x']);
});
