import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, InvalidPayload, implementTask } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const ran: unknown[] = [];
const ship = implementTask(
  defineTask({ name: 'ship', payload: z.object({ id: z.string() }) }),
  ({ id }) => {
    ran.push(id);
  },
);
const receiveCount = (count: number) => ({
  change: <T extends { attributes: object }>(record: T): T => ({
    ...record,
    attributes: { ...record.attributes, ApproximateReceiveCount: String(count) },
  }),
});

it.each([
  ['no JSON', 'not json', 'InvalidMessage'],
  ['no object', '[]', 'InvalidMessage'],
  ['no task', '{"payload":{}}', 'InvalidMessage'],
  ['a payload against the schema', '{"task":"ship","payload":{"id":7}}', 'InvalidPayload'],
])('a body with %s is dead at once, and never run', async (_, body, type) => {
  const queue = await bench.createQueue();
  ran.length = 0;
  const id = await queue.send(body);
  const delivery = await queue.worker([ship]).deliver();
  expect(delivery.response).toEqual({ batchItemFailures: [] });
  expect(await queue.left()).toBe(0);
  expect(ran).toEqual([]);
  const [dead] = await queue.receiveDead();
  expect(dead?.MessageAttributes?.['leadline.error.type']?.StringValue).toBe(type);
  expect(dead?.Body).toBe(type === 'InvalidPayload' ? body.replace('{', `{"id":"${id}",`) : body);
  expect(delivery.count('task.started')).toBe(0);
  expect(delivery.count('task.dead', { 'error.type': type })).toBe(1);
  expect(delivery.span('process default').attributes['error.type']).toBe(type);
});

it.each([
  ['an unknown task', { task: 'refund', payload: {} }],
  ['a newer version', { v: 2, task: 'ship', payload: { id: 'o-1' } }],
])('%s comes back within 30 to 120 s, and is dead at the fifth delivery', async (_, body) => {
  const queue = await bench.createQueue({ visibilityTimeout: 0 });
  ran.length = 0;
  const id = await queue.send(body);
  for (const count of [1, 4]) {
    const delivery = await queue.worker([ship], unheard).deliver(receiveCount(count));
    expect(delivery.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
    const seconds = delivery.results[0]?.visibilitySeconds ?? 0;
    expect(seconds).toBeGreaterThanOrEqual(30);
    expect(seconds).toBeLessThanOrEqual(120);
    expect(delivery.count('task.retries', { 'error.type': 'UnknownTask' })).toBe(1);
    expect(delivery.series('task.attempts')).toEqual([
      { 'task.name': 'unknown', 'queue.name': 'default' },
    ]);
  }
  const last = await queue.worker([ship]).deliver(receiveCount(5));
  expect(last.results).toMatchObject([{ outcome: 'dead' }]);
  expect(await queue.left()).toBe(0);
  const [dead] = await queue.receiveDead();
  expect(dead?.MessageAttributes?.['leadline.error.type']?.StringValue).toBe('UnknownTask');
  expect(ran).toEqual([]);
});

it('a record of a queue that is not in QUEUES is reported failed and stays', async () => {
  const queue = await bench.createQueue();
  const id = await queue.send({ task: 'ship', payload: { id: 'o-1' } });
  ran.length = 0;
  const delivery = await queue.worker([ship]).deliver({
    change: (record) => ({
      ...record,
      eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:somebody-elses',
    }),
  });
  expect(delivery.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
  expect(ran).toEqual([]);
  expect(delivery.calls).toEqual([]);
  expect(delivery.logged()).toContainEqual(
    expect.stringMatching(/somebody-elses is not in QUEUES; the message stays/),
  );
});

it('any registered task runs, whatever queue its message came on', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'refund', payload: 'o-1' });
  const refund = defineTask({ name: 'refund', queue: 'high', payload: z.string() });
  const queues: string[] = [];
  const worker = queue.worker([
    implementTask(refund, (_, context) => {
      queues.push(context.queue);
    }),
  ]);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
  expect(queues).toEqual(['default']);
});

it('a message in an SNS envelope runs as if it had come by itself', async () => {
  const queue = await bench.createQueue();
  ran.length = 0;
  await queue.send({
    Type: 'Notification',
    Message: JSON.stringify({ id: 'task-1', task: 'ship', payload: { id: 'o-1' } }),
    MessageAttributes: {
      traceparent: {
        Type: 'String',
        Value: '00-11111111111111111111111111111111-2222222222222222-01',
      },
    },
  });
  const delivery = await queue.worker([ship]).deliver();
  expect(delivery.results).toMatchObject([{ outcome: 'completed' }]);
  expect(ran).toEqual(['o-1']);
  const span = delivery.span('process default');
  expect(span.spanContext().traceId).toBe('1'.repeat(32));
  expect(span.attributes['task.id']).toBe('task-1');
});

it('a schema that throws by itself says nothing against the payload: the attempt failed', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'lookup', payload: {} });
  const validate = () => {
    throw new TypeError('the table of streets is not there');
  };
  const lookup = defineTask({
    name: 'lookup',
    payload: { '~standard': { version: 1, vendor: 'test', validate } },
  });
  const { results } = await queue.worker([implementTask(lookup, () => {})]).deliver();
  expect(results).toMatchObject([{ outcome: 'retry', error: expect.any(TypeError) }]);
});

it('a payload that the task itself finds invalid is a failed attempt like any other', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'ship', payload: { id: 'o-1' } });
  const enqueuesBadly = implementTask(ship.task, () => {
    throw new InvalidPayload('notify', [{ path: [], message: 'Invalid input' }]);
  });
  const { results } = await queue.worker([enqueuesBadly]).deliver();
  expect(results).toMatchObject([{ outcome: 'retry' }]);
});

/** Takes every call and does nothing, so that the message comes back at once. */
const unheard = { client: { send: async () => ({}) } as never };
