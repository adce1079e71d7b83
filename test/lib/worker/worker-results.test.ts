import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { type StateBench, startStateBench } from './state-bench.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const work = defineTask({
  name: 'work',
  payload: z.any(),
  retry: { maxAttempts: 3, minDelaySeconds: 0, maxDelaySeconds: 0 },
});

let ids = 0;
const newMessage = () => {
  ids += 1;
  const enqueued_at = '2026-01-02T03:04:05.678Z';
  return { id: `result-${ids}`, task: 'work', payload: {}, enqueued_at };
};

const circular: Record<string, unknown> = {};
circular['self'] = circular;

it.each([
  ['an object', { receipt: 'r-1', lines: [1, null] }, { receipt: 'r-1', lines: [1, null] }],
  ['null', null, null],
  ['false', false, false],
  ['an empty text', '', ''],
  ['a date, as JSON has it', new Date(0), '1970-01-01T00:00:00.000Z'],
  ['nothing', undefined, undefined],
  ['a function, which JSON leaves out', () => {}, undefined],
  ['a text of 64 KB', 'x'.repeat(65_534), 'x'.repeat(65_534)],
])('%s is kept as it is', async (_, returned, kept) => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  const run = implementTask(work, () => returned);
  await queue.worker([run], { state: table.state }).deliver();
  const record = await table.state.read(message.id);
  expect(record).toMatchObject({ status: 'completed' });
  expect(record).not.toHaveProperty('error');
  expect(record?.result).toEqual(kept);
  expect('result' in (record ?? {})).toBe(kept !== undefined);
});

it.each([
  ['too large', 'x'.repeat(65_535), 'ResultTooLarge', /65537 bytes as JSON, and 65536 are kept/],
  ['no JSON, by its circle', circular, 'ResultNotJson', /^The result is not JSON: .*circular/],
  ['no JSON, by a BigInt', 1n, 'ResultNotJson', /BigInt/],
])('a result that is %s: completed, with the error in record and log', async (...args) => {
  const [, returned, type, message] = args;
  const queue = await bench.createQueue();
  const sent = newMessage();
  await queue.send(sent);
  const run = implementTask(work, () => returned);
  const { results, lines, count } = await queue.worker([run], { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(count('task.completed')).toBe(1);
  const record = await table.state.read(sent.id);
  expect(record).toMatchObject({
    status: 'completed',
    error: { type, message: expect.stringMatching(message) },
  });
  expect(record).not.toHaveProperty('result');
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      message: 'the result is not kept',
      'error.message': expect.stringMatching(message),
    }),
  );
  expect(JSON.stringify(lines)).not.toContain('xxx');
});

it('the record tells where a flaky task is, from its queue to its end', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  const seen: unknown[] = [];
  const look = async () => {
    const record = await table.state.read(message.id);
    seen.push(record?.kind === 'task' && [record.status, record.attempts, record.error?.type]);
  };
  await table.state.createQueued({ id: message.id, task: 'work', queue: 'default' });
  await look();
  await queue.send(message, {
    MessageAttributes: {
      traceparent: {
        DataType: 'String',
        StringValue: `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
      },
    },
  });
  const run = implementTask(work, async (_, { attempt }) => {
    await look();
    if (attempt === 1) throw new RangeError('not yet');
    return 'done';
  });
  const worker = queue.worker([run], { state: table.state });
  const start = Date.now();
  await worker.deliver();
  await look();
  await worker.deliver();
  await look();
  expect(seen).toEqual([
    ['queued', 0, undefined],
    ['running', 1, undefined],
    ['retrying', 1, 'RangeError'],
    ['running', 2, 'RangeError'],
    ['completed', 2, undefined],
  ]);
  const record = await table.state.read(message.id);
  expect(record).toMatchObject({
    kind: 'task',
    id: message.id,
    task: 'work',
    queue: 'default',
    result: 'done',
    traceId: 'c'.repeat(32),
    requestId: expect.stringMatching(/^request-\d+$/),
  });
  if (record?.kind !== 'task') throw new Error('no task');
  const { startedAt, finishedAt } = record;
  expect(startedAt?.getTime()).toBeGreaterThanOrEqual(start);
  expect(finishedAt?.getTime()).toBeGreaterThanOrEqual(startedAt?.getTime() ?? Infinity);
});

it('a message that nobody made a record for gets one, with its own time', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  await queue.worker([implementTask(work, () => 1)], { state: table.state }).deliver();
  const record = await table.state.read(message.id);
  expect(record).toMatchObject({ enqueuedAt: new Date(message.enqueued_at), result: 1 });
});

it('what the deadline cuts off is retrying, and its next attempt may run at once', async () => {
  const queue = await bench.createQueue({ visibilityTimeout: 1 });
  const message = newMessage();
  await queue.send(message);
  const run = implementTask(work, (_, { attempt, signal }) =>
    attempt > 1
      ? 'done'
      : new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
  );
  const worker = queue.worker([run], { state: table.state });
  const first = await worker.deliver({ remainingMs: 600 });
  expect(first.results).toMatchObject([{ outcome: 'unfinished' }]);
  const record = await table.state.read(message.id);
  expect(record).toMatchObject({ status: 'retrying', attempts: 1 });
  expect(record).not.toHaveProperty('error');
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
});

it('a record outlives its task by keepSeconds, and is deleted by DynamoDB then', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  await queue.worker([implementTask(work, () => 1)], { state: table.state }).deliver();
  const seconds = Number((await table.item(message.id))?.['expires_at']?.N) - Date.now() / 1000;
  expect(seconds).toBeGreaterThan(7 * 86_400 - 60);
  expect(seconds).toBeLessThan(7 * 86_400 + 60);
});
