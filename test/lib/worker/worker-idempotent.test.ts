import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import {
  createLifecycle,
  defineTask,
  implementTask,
  NonRetryableError,
} from '../../../lib/index.ts';
import { type StateBench, startStateBench } from './state-bench.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const charge = defineTask({
  name: 'charge',
  payload: z.any(),
  idempotent: true,
  timeoutSeconds: 20,
  retry: { maxAttempts: 3, minDelaySeconds: 0, maxDelaySeconds: 0 },
});
const sell = defineTask({ ...charge, name: 'sell', idempotent: false });

let ids = 0;
const newMessage = (task = 'charge', payload: unknown = {}) => {
  ids += 1;
  return { id: `idempotent-${ids}`, task, payload };
};
const traceOf = (digit: string) => ({
  MessageAttributes: {
    traceparent: {
      DataType: 'String',
      StringValue: `00-${digit.repeat(32)}-${digit.repeat(16)}-01`,
    },
  },
});

/** A promise that a task waits for, and one that tells that it runs. */
function hold() {
  const running = Promise.withResolvers<void>();
  const over = Promise.withResolvers<unknown>();
  const run = () => {
    running.resolve();
    return over.promise;
  };
  return { run, running: running.promise, end: over.resolve };
}

it('a duplicate of a completed message is acknowledged unrun, and leads to the first run', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message, traceOf('a'));
  let runs = 0;
  const lifecycle = createLifecycle();
  const told = vi.fn();
  lifecycle.on('taskDuplicate', told);
  const worker = queue.worker([implementTask(charge, () => ++runs)], {
    state: table.state,
    lifecycle,
  });
  await worker.deliver();
  await queue.send(message, traceOf('b'));
  const again = await worker.deliver();

  expect(runs).toBe(1);
  expect(again.response).toEqual({ batchItemFailures: [] });
  expect(again.results).toMatchObject([{ outcome: 'duplicate' }]);
  expect(again.calls).toEqual([]);
  expect(await queue.left()).toBe(0);
  const line = again.lines.find(({ message: text }) => text === 'task duplicate');
  expect(line).toMatchObject({
    level: 'INFO',
    'task.id': message.id,
    first_trace_id: 'a'.repeat(32),
    trace_id: 'b'.repeat(32),
  });
  const labels = { 'task.name': 'charge', 'queue.name': 'default' };
  expect(again.series('task.duplicates')).toEqual([labels]);
  expect(again.count('task.duplicates', labels)).toBe(1);
  expect(again.count('task.attempts')).toBe(1);
  expect(again.count('task.started')).toBe(0);
  expect(again.count('task.completed')).toBe(0);
  expect(again.span('process default').attributes['task.outcome']).toBe('duplicate');
  expect(again.logged()).not.toContain('task starting');
  expect(told).toHaveBeenCalledWith(
    expect.objectContaining({ id: message.id, firstTraceId: 'a'.repeat(32) }),
  );
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'completed',
    attempts: 1,
    result: 1,
    traceId: 'a'.repeat(32),
  });
});

it('without the protection a duplicate runs again, and the record of the first run stays', async () => {
  const queue = await bench.createQueue();
  const message = newMessage('sell');
  let runs = 0;
  const worker = queue.worker([implementTask(sell, () => ++runs)], { state: table.state });
  for (const _ of ['first', 'second']) {
    await queue.send(message);
    expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
  }
  expect(runs).toBe(2);
  expect(await table.state.read(message.id)).toMatchObject({ status: 'completed', result: 1 });
});

it('a duplicate of a running one is put back until the lease ends, and is a duplicate then', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  const held = hold();
  let runs = 0;
  const implementations = [
    implementTask(charge, () => {
      runs += 1;
      return held.run();
    }),
  ];
  await queue.send(message);
  const first = queue.worker(implementations, { state: table.state }).deliver();
  await held.running;
  const id = await queue.send(message);
  const other = queue.worker(implementations, { state: table.state });
  const waiting = await other.deliver();

  expect(runs).toBe(1);
  expect(waiting.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
  expect(waiting.results).toMatchObject([{ outcome: 'unfinished' }]);
  const leaseSeconds =
    (Number((await table.item(message.id))?.['lease_until']?.N) - Date.now()) / 1000;
  const seconds = waiting.calls[0]?.input.Entries[0].VisibilityTimeout;
  // timeoutSeconds and a margin.
  expect(seconds).toBeGreaterThan(18);
  expect(seconds).toBeLessThanOrEqual(23);
  expect(Math.abs(seconds - leaseSeconds)).toBeLessThan(3);
  expect(waiting.lines).toContainEqual(
    expect.objectContaining({ message: 'task unfinished', reason: 'the task runs elsewhere' }),
  );
  expect(waiting.count('task.unfinished')).toBe(1);
  expect(await table.state.read(message.id)).toMatchObject({ status: 'running', attempts: 1 });

  held.end('charged');
  expect((await first).results).toMatchObject([{ outcome: 'completed' }]);
  await queue.send(message);
  expect((await other.deliver()).results).toMatchObject([{ outcome: 'duplicate' }]);
  expect(runs).toBe(1);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'completed',
    result: 'charged',
  });
});

it('the lease of a long task ends with the invocation at the latest', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  const held = hold();
  await queue.send(message);
  const worker = queue.worker([implementTask(charge, held.run)], { state: table.state });
  const delivery = worker.deliver({ remainingMs: 6_000 });
  await held.running;
  const lease = Number((await table.item(message.id))?.['lease_until']?.N) - Date.now();
  expect(lease).toBeLessThan(6_000);
  held.end('done');
  expect((await delivery).results).toMatchObject([{ outcome: 'completed' }]);
});

it('a lease that is over holds nobody back, and its late owner does not take it from the next', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  const lost = hold();
  const next = hold();
  await queue.send(message);
  const first = queue.worker([implementTask(charge, lost.run)], { state: table.state }).deliver();
  await lost.running;
  await table.endLease(message.id);
  await queue.send(message);
  const second = queue.worker([implementTask(charge, next.run)], { state: table.state }).deliver();
  await next.running;
  lost.end(Promise.reject(new Error('woke up late')));
  expect((await first).results).toMatchObject([{ outcome: 'retry' }]);
  // The second still holds it.
  expect(await table.state.read(message.id)).toMatchObject({ status: 'running' });
  expect((await table.item(message.id))?.['owner']).toBeDefined();
  next.end('second');
  expect((await second).results).toMatchObject([{ outcome: 'completed' }]);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'completed',
    result: 'second',
  });
});

it('a retry is not held back by the lease of the attempt that failed', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  const attempts: number[] = [];
  const worker = queue.worker(
    [
      implementTask(charge, (_, { attempt }) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('declined');
        return 'charged';
      }),
    ],
    { state: table.state },
  );
  const outcomes = [];
  for (const _ of [1, 2, 3]) outcomes.push((await worker.deliver()).results[0]?.outcome);
  expect(outcomes).toEqual(['retry', 'retry', 'completed']);
  expect(attempts).toEqual([1, 2, 3]);
});

it('a dead message that is redriven runs again, from attempt 1, and then is done for good', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  let healthy = false;
  const attempts: number[] = [];
  const worker = queue.worker(
    [
      implementTask(charge, (_, { attempt }) => {
        attempts.push(attempt);
        if (!healthy) throw new NonRetryableError('card declined');
        return 'charged';
      }),
    ],
    { state: table.state },
  );
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'failed',
    attempts: 1,
    error: { type: 'NonRetryableError', message: 'card declined' },
  });
  const [dead] = await queue.receiveDead();
  healthy = true;
  const redrive = () =>
    queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes ?? {} });
  await redrive();
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
  const record = await table.state.read(message.id);
  expect(record).toMatchObject({ status: 'completed', attempts: 1, result: 'charged' });
  expect(record).not.toHaveProperty('error');
  await redrive();
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'duplicate' }]);
  expect(attempts).toEqual([1, 1]);
});

it('a plain task that is redriven is followed in its record again', async () => {
  const queue = await bench.createQueue();
  const message = newMessage('sell');
  await queue.send(message);
  let healthy = false;
  const worker = queue.worker(
    [
      implementTask(sell, () => {
        if (!healthy) throw new NonRetryableError('sold out');
        return 'sold';
      }),
    ],
    { state: table.state },
  );
  await worker.deliver();
  const [dead] = await queue.receiveDead();
  healthy = true;
  await queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes ?? {} });
  await worker.deliver();
  expect(await table.state.read(message.id)).toMatchObject({ status: 'completed', result: 'sold' });
});

it('the same message twice in one batch runs once', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  await queue.send(message);
  let runs = 0;
  const worker = queue.worker(
    [
      implementTask(charge, async () => {
        runs += 1;
        await new Promise(setImmediate);
      }),
    ],
    { state: table.state },
  );
  const { results, response } = await worker.deliver({ count: 2 });
  expect(runs).toBe(1);
  const outcomes = results.map(({ outcome }) => outcome);
  expect(outcomes.filter((outcome) => outcome === 'completed')).toHaveLength(1);
  // Whichever came second is behind the first, or finds it done.
  expect(['unfinished', 'duplicate', 'completed']).toEqual(expect.arrayContaining(outcomes));
  expect(response.batchItemFailures).toHaveLength(outcomes.includes('unfinished') ? 1 : 0);
});

it('two messages of other ids are two effects', async () => {
  const queue = await bench.createQueue();
  let runs = 0;
  const worker = queue.worker([implementTask(charge, () => ++runs)], { state: table.state });
  await queue.send(newMessage());
  await queue.send(newMessage());
  await worker.deliver({ count: 2 });
  expect(runs).toBe(2);
});

it('a payload that does not fit is dead, and its record says so', async () => {
  const queue = await bench.createQueue();
  const strict = defineTask({
    ...charge,
    name: 'strict',
    payload: z.object({ amount: z.number() }),
  });
  const message = newMessage('strict', { amount: 'much' });
  await queue.send(message);
  const worker = queue.worker([implementTask(strict, () => {})], { state: table.state });
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'failed',
    error: { type: 'InvalidPayload' },
  });
});

it('what an error quotes is cut and redacted in the record', async () => {
  const queue = await bench.createQueue();
  const message = newMessage();
  await queue.send(message);
  const text = `${'x'.repeat(1_999)}\u{1F4B3}${'y'.repeat(400_000)}`;
  const worker = queue.worker(
    [
      implementTask(charge, () => {
        throw new NonRetryableError(text);
      }),
    ],
    { state: table.state },
  );
  const { logged } = await worker.deliver();
  expect(logged()).not.toContain('task state could not be written');
  const record = await table.state.read(message.id);
  const error = record?.kind === 'task' ? record.error : undefined;
  expect(error?.message.startsWith('x'.repeat(1_999))).toBe(true);
  expect(error?.message.length).toBe(2_000);
  expect(error?.message.isWellFormed()).toBe(true);
});

const inGroup = (record: SQSRecord): SQSRecord => ({
  ...record,
  attributes: { ...record.attributes, MessageGroupId: 'a' },
});

it('on FIFO a duplicate does not stop its group', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const done = newMessage('charge', 'done');
  const ran: string[] = [];
  const worker = queue.worker(
    [implementTask(charge, (payload) => void ran.push(payload as string))],
    { state: table.state },
  );
  const send = (message: object, at: string) =>
    queue.send(message, { MessageGroupId: at, MessageDeduplicationId: at });
  await send(done, 'first');
  await worker.deliver();
  await send(done, 'again');
  await send(newMessage('charge', 'next'), 'next');
  const { results, response } = await worker.deliver({ count: 2, change: inGroup });
  expect(results.map(({ outcome }) => outcome)).toEqual(['duplicate', 'completed']);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(ran).toEqual(['done', 'next']);
});

it('on FIFO one that waits for its lease stops its group, with its delay', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const busy = newMessage('charge', 'busy');
  const held = hold();
  const ran: string[] = [];
  const send = (message: object, at: string) =>
    queue.send(message, { MessageGroupId: at, MessageDeduplicationId: at });
  await send(busy, 'first');
  const first = queue.worker([implementTask(charge, held.run)], { state: table.state }).deliver();
  await held.running;
  await send(busy, 'again');
  await send(newMessage('charge', 'next'), 'next');
  const worker = queue.worker([implementTask(charge, (p) => void ran.push(p as string))], {
    state: table.state,
  });
  const { results, calls } = await worker.deliver({ count: 2, change: inGroup });
  expect(results.map(({ outcome }) => outcome)).toEqual(['unfinished', 'unfinished']);
  expect(ran).toEqual([]);
  const [one, two] = calls.flatMap(({ input }) => input.Entries);
  expect(one.VisibilityTimeout).toBeGreaterThan(15);
  expect(two.VisibilityTimeout).toBe(one.VisibilityTimeout);
  held.end('done');
  await first;
});
