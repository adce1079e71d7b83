import { expect, it, vi } from 'vitest';
import { everyPeriod } from '../../support/aws-stand-in/aws-world.ts';
import type { AwsFault } from '../../support/aws-stand-in/faults.ts';
import { startDepth } from './start-depth.ts';

/** Three queues of which the second has a fault. */
async function startThree(fault?: AwsFault) {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  const depth = await startDepth();
  for (const name of ['a', 'b', 'c']) depth.aws.queues.set(`app-${name}`, { visible: 3 });
  if (fault) depth.aws.fail('GetQueueAttributes', fault, { of: 'app-b' });
  return depth;
}

it.each<[AwsFault | 'deleted', string, number]>([
  ['deleted', 'QueueDoesNotExist', 1],
  ['deny', 'AccessDeniedException', 1],
  ['throttle', 'RequestThrottled', 5],
  ['error', 'InternalFailure', 5],
  ['reset', 'TimeoutError', 5],
  ['garbage', 'InvalidAnswer', 1],
  ['empty', 'InvalidAnswer', 1],
])(
  'a queue that answers with %s costs one warning and its own figures',
  async (fault, type, calls) => {
    const deleted = { status: 400, type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'gone' };
    const { aws, run, values, points, warnings, lines } = await startThree(
      fault === 'deleted' ? deleted : fault,
    );
    await run();
    expect(values('queue.depth')).toEqual({ a: 3, c: 3 });
    expect(values('queue.in_flight')).toEqual({ a: 0, c: 0 });
    expect(points('queue.sample_errors')).toMatchObject([
      { value: 1, attributes: { 'queue.name': 'b', 'error.type': type } },
    ]);
    expect(warnings()).toEqual(['queue could not be read']);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ 'queue.name': 'b', 'error.type': type });
    expect(aws.count('GetQueueAttributes', 'app-b')).toBe(calls);
  },
);

it('a queue that hangs is given up in time for the flush, and the others are sent', async () => {
  const { aws, run, values, points, warnings } = await startThree('hang');
  aws.metrics.datapoints = everyPeriod(9);
  await run({ time: new Date().toISOString() }, 9_000);
  expect(values('queue.depth')).toEqual({ a: 3, c: 3 });
  // Once in a quarter of an hour b has figures, too: CloudWatch knows of what SQS does not tell.
  expect(values('queue.oldest_message.age')).toMatchObject({ a: 9, c: 9 });
  expect(points('queue.sample_errors')).toMatchObject([
    { value: 1, attributes: { 'queue.name': 'b', 'error.type': 'ReadTimeout' } },
  ]);
  expect(warnings()).toEqual(['queue could not be read']);
});

it('80 queues that hang cost none of the others its figures', async () => {
  const { aws, run, values, points } = await startThree();
  aws.queues.clear();
  for (let index = 0; index < 120; index += 1) {
    aws.queues.set(`app-${index}`, { visible: 1 });
    if (index < 80) aws.fail('GetQueueAttributes', 'hang', { of: `app-${index}` });
  }
  await run({ time: new Date().toISOString() }, 14_000);
  expect(Object.keys(values('queue.depth'))).toHaveLength(40);
  expect(points('queue.sample_errors')).toHaveLength(80);
}, 30_000);

it('a dead-letter queue that cannot be read costs the dead letters alone', async () => {
  const { aws, run, values, points } = await startThree();
  aws.queues.set('app-a', { visible: 3, deadLetterQueue: 'app-a-dlq' });
  aws.queues.set('app-a-dlq', { visible: 1 });
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-a-dlq' });
  await run();
  expect(values('queue.depth')).toEqual({ a: 3, b: 3, c: 3 });
  expect(values('queue.dead_letters')).toEqual({});
  expect(points('queue.sample_errors')).toMatchObject([
    { value: 1, attributes: { 'queue.name': 'a-dlq', 'error.type': 'AccessDeniedException' } },
  ]);
});

it('a role that may read nothing fails for every queue and warns of the first 20', async () => {
  const { aws, run, points, warnings } = await startThree();
  for (let index = 0; index < 97; index += 1) aws.queues.set(`app-${index}`, {});
  aws.fail('GetQueueAttributes', 'deny');
  await run();
  expect(points('queue.sample_errors')).toHaveLength(100);
  expect(points('queue.depth')).toEqual([]);
  expect(warnings()).toHaveLength(21);
  expect(warnings().at(-1)).toBe('more queues could not be read');
});

it('queues that cannot be listed are one warning, and the next run lists them', async () => {
  const { aws, run, values, warnings } = await startThree();
  aws.fail('ListQueues', 'deny', { times: 1 });
  await run({ time: '2026-03-01T12:00:00Z' });
  expect(warnings()).toContain('queues could not be listed');
  expect(values('queue.depth')).toEqual({});
  await run({ time: '2026-03-01T12:01:00Z' });
  expect(values('queue.depth')).toEqual({ a: 3, b: 3, c: 3 });
});

it.each<AwsFault>(['deny', 'throttle', 'garbage', 'error'])(
  'a CloudWatch that answers with %s costs its own gauges and one warning',
  async (fault) => {
    const { aws, backend, run, values, warnings } = await startThree();
    aws.metrics.datapoints = everyPeriod(1);
    aws.fail('GetMetricData', fault);
    await run();
    expect(values('queue.depth')).toEqual({ a: 3, b: 3, c: 3 });
    expect(warnings()).toEqual(['CloudWatch could not be read']);
    const gauges = backend.store.points().filter(({ type }) => type === 'gauge');
    expect(new Set(gauges.map(({ metric }) => metric))).toEqual(
      new Set(['queue.depth', 'queue.in_flight', 'queue.delayed']),
    );
  },
);

it('a CloudWatch that hangs does not keep the depth back', async () => {
  const { aws, run, values, warnings } = await startThree();
  aws.fail('GetMetricData', 'hang');
  await run({ time: new Date().toISOString() }, 5_000);
  expect(values('queue.depth')).toEqual({ a: 3, b: 3, c: 3 });
  expect(warnings()).toEqual(['CloudWatch could not be read']);
});
