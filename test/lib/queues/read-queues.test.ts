import { expect, it, vi } from 'vitest';
import { createReadLimits } from '../../../lib/queues/call-limit.ts';
import { toDepthPoints } from '../../../lib/queues/depth-points.ts';
import { createListQueues } from '../../../lib/queues/list-queues.ts';
import { readQueues } from '../../../lib/queues/read-queues.ts';
import type { StandInQueue } from '../../support/aws-stand-in/aws-world.ts';
import { startAws, type TestAws } from '../../support/aws-stand-in/start-aws.ts';

async function start(queues: Readonly<Record<string, StandInQueue>>, latencyMs = 0) {
  const aws = await startAws({ latencyMs });
  for (const [name, queue] of Object.entries(queues)) aws.queues.set(name, queue);
  return aws;
}

/** Depth points of the queues below `app-`, by gauge and queue. */
async function readBelowPrefix({ clients }: TestAws) {
  const limit = createReadLimits().sqs;
  const list = createListQueues({
    source: { prefix: 'app-' },
    clients,
    limit,
    onProblem: () => {},
  });
  const readings = await readQueues((await list()).queues, clients, { limit });
  return {
    readings,
    queues: readings.map(({ name }) => name),
    points: Object.fromEntries(
      toDepthPoints(readings, 1).map(({ gauge, queue, value }) => [`${gauge} ${queue}`, value]),
    ),
  };
}

it('reads what is visible, in flight and delayed, and the dead letters of its RedrivePolicy', async () => {
  const aws = await start({
    'app-default': { visible: 7, inFlight: 3, delayed: 2, deadLetterQueue: 'app-failed' },
    'app-failed': { visible: 5, inFlight: 9 },
  });
  expect((await readBelowPrefix(aws)).points).toEqual({
    'queue.depth default': 7,
    'queue.in_flight default': 3,
    'queue.delayed default': 2,
    'queue.dead_letters default': 5,
  });
});

it('several queues may share a dead-letter queue, which is read once', async () => {
  const aws = await start({
    'app-a': { deadLetterQueue: 'app-dead' },
    'app-b': { deadLetterQueue: 'app-dead' },
    'app-dead': { visible: 4 },
  });
  const { points, queues } = await readBelowPrefix(aws);
  expect(queues).toEqual(['a', 'b']);
  expect(points).toMatchObject({ 'queue.dead_letters a': 4, 'queue.dead_letters b': 4 });
  expect(aws.count('GetQueueAttributes', 'app-dead')).toBe(1);
});

it('attributes dead letters by RedriveAllowPolicy when their source cannot be read', async () => {
  const aws = await start({
    'app-default': { deadLetterQueue: 'app-default-dlq' },
    'app-default-dlq': { visible: 5, deadLettersOf: ['app-default'] },
  });
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-default' });
  const { queues, points } = await readBelowPrefix(aws);
  expect(queues).toEqual(['default']);
  expect(points).toEqual({ 'queue.dead_letters default': 5 });
});

it('a dead-letter queue is none of its own when it cannot be read', async () => {
  const aws = await start({
    'app-default': { visible: 1, deadLetterQueue: 'app-dead' },
    'app-dead': {},
  });
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-dead' });
  const { queues, points, readings } = await readBelowPrefix(aws);
  expect(queues).toEqual(['default']);
  expect(points).not.toHaveProperty(['queue.dead_letters default']);
  expect(readings[0]?.deadLetters).toMatchObject({ error: { name: 'AccessDeniedException' } });
});

it.each([
  ['allowAll', '{"redrivePermission":"allowAll"}'],
  ['denyAll', '{"redrivePermission":"denyAll"}'],
  ['no JSON', 'nonsense'],
  ['JSON that is no object', 'null'],
])('a RedriveAllowPolicy of %s makes no dead-letter queue', async (_, RedriveAllowPolicy) => {
  const aws = await start({ 'app-a': { visible: 1, attributes: { RedriveAllowPolicy } } });
  expect((await readBelowPrefix(aws)).queues).toEqual(['a']);
});

it.each(['', '-1', '1.5', 'many', '1e3', '9'.repeat(16)])(
  'a count of %j is an invalid answer and no depth',
  async (count) => {
    const attributes = { ApproximateNumberOfMessages: count };
    const aws = await start({ 'app-a': { attributes }, 'app-b': { visible: 2 } });
    const { points, readings } = await readBelowPrefix(aws);
    expect(readings[0]?.own).toMatchObject({ error: { code: 'INVALID_ANSWER' } });
    expect(points).toMatchObject({ 'queue.depth b': 2 });
    expect(points).not.toHaveProperty(['queue.depth a']);
  },
);

it('reads 500 queues with at most 50 calls side by side', async () => {
  const names = Array.from({ length: 500 }, (_, index) => `app-${index}`);
  const aws = await start(Object.fromEntries(names.map((name) => [name, { visible: 1 }])), 20);
  const { points } = await readBelowPrefix(aws);
  expect(Object.keys(points)).toHaveLength(1_500);
  expect(aws.busiest()).toBeLessThanOrEqual(50);
  expect(aws.busiest()).toBeGreaterThan(10);
});

it('throttled queues are all read in the end: one allowance is not shared by all of them', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  // The SDK's allowance is 100 retries.
  const names = Array.from({ length: 60 }, (_, index) => `app-${index}`);
  const aws = await start(Object.fromEntries(names.map((name) => [name, { visible: 1 }])));
  for (const of of names) aws.fail('GetQueueAttributes', 'throttle', { of, times: 4 });
  const { points } = await readBelowPrefix(aws);
  expect(Object.keys(points)).toHaveLength(180);
});

it('reads a dead-letter queue that does not have the prefix', async () => {
  const aws = await start({
    'app-a': { visible: 1, deadLetterQueue: 'dead-a' },
    'dead-a': { visible: 4 },
  });
  expect((await readBelowPrefix(aws)).points).toMatchObject({ 'queue.dead_letters a': 4 });
});
