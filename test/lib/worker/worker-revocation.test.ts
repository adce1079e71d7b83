import type { SQSRecord } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, type TaskContext, TaskRevoked } from '../../../lib/index.ts';
import { type StateBench, startStateBench } from './state-bench.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterEach(() => table.behave('serve'));
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const work = defineTask({
  name: 'work',
  payload: z.any(),
  retry: { maxAttempts: 3, minDelaySeconds: 0, maxDelaySeconds: 0 },
});
const once = defineTask({ ...work, name: 'once', idempotent: true });

let ids = 0;
async function newMessage(task = 'work', payload: unknown = {}) {
  ids += 1;
  const id = `revoked-${ids}`;
  await table.state.createQueued({ id, task, queue: 'default' });
  return { id, task, payload };
}

const aborted = ({ signal }: TaskContext) =>
  new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));

it.each(['work', 'once'])('a queued %s is skipped and acknowledged, never run', async (name) => {
  const queue = await bench.createQueue();
  const message = await newMessage(name);
  expect(await table.state.revoke(message.id)).toEqual({ kind: 'revoked' });
  await queue.send(message);
  let runs = 0;
  const run = () => ++runs;
  const worker = queue.worker([implementTask(work, run), implementTask(once, run)], {
    state: table.state,
  });
  const { results, response, lines, count, series, span } = await worker.deliver();
  expect(runs).toBe(0);
  expect(results).toMatchObject([{ outcome: 'revoked' }]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(await queue.left()).toBe(0);
  expect(lines).toContainEqual(
    expect.objectContaining({ level: 'WARN', message: 'task revoked', 'task.id': message.id }),
  );
  expect(series('task.revoked')).toEqual([{ 'task.name': name, 'queue.name': 'default' }]);
  expect(count('task.revoked')).toBe(1);
  expect(count('task.started') + count('task.failed') + count('task.unfinished')).toBe(0);
  expect(span('process default').attributes['task.outcome']).toBe('revoked');
  expect(await table.state.read(message.id)).toMatchObject({ status: 'revoked', attempts: 0 });
});

it('a running one is aborted within 5 s by TaskRevoked: no retry, no dead letter, no sibling', async () => {
  const queue = await bench.createQueue();
  const message = await newMessage('work', 'waits');
  const sibling = await newMessage('work', 'sibling');
  await queue.send(message);
  await queue.send(sibling);
  const running = Promise.withResolvers<void>();
  const over = Promise.withResolvers<unknown>();
  const siblingSignal = Promise.withResolvers<AbortSignal>();
  const run = implementTask(work, async (payload, context) => {
    if (payload === 'sibling') {
      siblingSignal.resolve(context.signal);
      await over.promise;
      return;
    }
    running.resolve();
    await aborted(context).catch((reason) => {
      over.resolve(reason);
      throw reason;
    });
  });
  const delivery = queue.worker([run], { state: table.state }).deliver({ count: 2 });
  await running.promise;
  const start = performance.now();
  await expect
    .poll(() => table.state.revoke(message.id), { interval: 10 })
    .toEqual({ kind: 'revoking' });
  const reason = await over.promise;
  expect(performance.now() - start).toBeLessThan(5_000);
  expect(reason).toBeInstanceOf(TaskRevoked);
  expect((await siblingSignal.promise).aborted).toBe(false);
  const { results, response, count, logged, calls } = await delivery;
  const outcomes = Object.fromEntries(
    results.map(({ record, outcome }) => [JSON.parse(record.body).payload, outcome]),
  );
  expect(outcomes).toEqual({ waits: 'revoked', sibling: 'completed' });
  expect(response).toEqual({ batchItemFailures: [] });
  expect(calls).toEqual([]);
  expect(count('task.failed')).toBe(0);
  expect(logged()).not.toContain('task ignores its AbortSignal and may still be running');
  expect(await queue.receiveDead()).toEqual([]);
  expect(await table.state.read(message.id)).toMatchObject({ status: 'revoked' });
  expect(await table.state.read(sibling.id)).toMatchObject({ status: 'completed' });
});

it('one that ignores its signal is abandoned and logged; what it still does is not seen', async () => {
  const queue = await bench.createQueue();
  const message = await newMessage();
  await queue.send(message);
  const over = Promise.withResolvers<void>();
  const running = Promise.withResolvers<TaskContext>();
  const run = implementTask(work, async (_, context) => {
    running.resolve(context);
    await over.promise;
    context.log.info('after the end');
  });
  const delivery = queue.worker([run], { state: table.state }).deliver();
  await running.promise;
  await expect
    .poll(() => table.state.revoke(message.id), { interval: 10 })
    .toEqual({ kind: 'revoking' });
  const { results, lines } = await delivery;
  expect(results).toMatchObject([{ outcome: 'revoked' }]);
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      message: 'task ignores its AbortSignal and may still be running',
      'task.id': message.id,
    }),
  );
  over.resolve();
  await new Promise(setImmediate);
  expect(lines.map((line) => line['message'])).not.toContain('after the end');
  expect(await table.state.read(message.id)).toMatchObject({ status: 'revoked' });
});

it('one that completes before it is told stays completed', async () => {
  const queue = await bench.createQueue();
  const message = await newMessage();
  await queue.send(message);
  const run = implementTask(work, () => table.state.revoke(message.id));
  const { results } = await queue.worker([run], { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'completed',
    result: { kind: 'revoking' },
  });
});

it('one that is revoked in the attempt that fails, or between attempts, is not tried again', async () => {
  const queue = await bench.createQueue();
  const during = await newMessage('work', 'during');
  const between = await newMessage('work', 'between');
  await queue.send(during);
  await queue.send(between);
  let runs = 0;
  const run = implementTask(work, async (payload) => {
    runs += 1;
    if (payload === 'during') await table.state.revoke(during.id);
    throw new Error('x');
  });
  const worker = queue.worker([run], { state: table.state });
  const first = await worker.deliver({ count: 2 });
  expect(first.results).toMatchObject([{ outcome: 'retry' }, { outcome: 'retry' }]);
  expect(await table.state.revoke(between.id)).toEqual({ kind: 'revoked' });
  const second = await worker.deliver({ count: 2 });
  expect(second.results).toMatchObject([{ outcome: 'revoked' }, { outcome: 'revoked' }]);
  expect(second.response).toEqual({ batchItemFailures: [] });
  expect(runs).toBe(2);
  expect(await queue.receiveDead()).toEqual([]);
  for (const { id } of [during, between]) {
    expect(await table.state.read(id)).toMatchObject({ status: 'revoked' });
  }
});

it('after the answer the table is not asked again: the timer is gone', async () => {
  const started = vi.spyOn(globalThis, 'setInterval');
  const cleared = vi.spyOn(globalThis, 'clearInterval');
  const queue = await bench.createQueue();
  await queue.send(await newMessage());
  await queue.send(await newMessage());
  let reads = 0;
  table.behave((operation) => {
    if (operation === 'BatchGetItem') reads += 1;
    return 'serve';
  });
  const run = implementTask(work, () => expect.poll(() => reads, { timeout: 5_000 }).toBe(1));
  const { results } = await queue.worker([run], { state: table.state }).deliver({ count: 2 });
  expect(results.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  const watches = started.mock.results.filter(
    (_, index) => started.mock.calls[index]?.[1] === 2_000,
  );
  expect(watches.length).toBeGreaterThan(0);
  for (const { value } of watches) expect(cleared).toHaveBeenCalledWith(value);
});

it('that the table cannot be read is one warning, and the task goes on', async () => {
  const queue = await bench.createQueue();
  await queue.send(await newMessage());
  let reads = 0;
  const run = implementTask(work, async () => {
    table.behave((operation) => {
      if (operation !== 'BatchGetItem') return 'serve';
      reads += 1;
      return 'refuse';
    });
    await expect.poll(() => reads, { timeout: 8_000 }).toBe(2);
  });
  const { results, logged } = await queue.worker([run], { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  const warning = 'whether a running task is revoked could not be read';
  expect(logged().filter((body) => body === warning)).toHaveLength(1);
});

it('on FIFO a revoked one does not stop its group', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const revoked = await newMessage('work', 'revoked');
  await table.state.revoke(revoked.id);
  const ran: unknown[] = [];
  for (const message of [revoked, await newMessage('work', 'next')]) {
    await queue.send(message, { MessageGroupId: message.id, MessageDeduplicationId: message.id });
  }
  const inGroup = (record: SQSRecord): SQSRecord => ({
    ...record,
    attributes: { ...record.attributes, MessageGroupId: 'a' },
  });
  const worker = queue.worker([implementTask(work, (payload) => void ran.push(payload))], {
    state: table.state,
  });
  const { results } = await worker.deliver({ count: 2, change: inGroup });
  expect(results.map(({ outcome }) => outcome)).toEqual(['revoked', 'completed']);
  expect(ran).toEqual(['next']);
});
