import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError } from '../../../lib/index.ts';
import type { Delivery } from './bench-worker.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'work', payload: z.string(), retry: { when: () => 60 } });
const implementation = implementTask(task, async (does, { signal }) => {
  if (does === 'throw') throw new RangeError('x');
  if (does === 'die') throw new NonRetryableError('x');
  if (does === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', reject));
});
const outcomesOf = ({ count }: Delivery) => ({
  attempts: count('task.attempts'),
  started: count('task.started'),
  completed: count('task.completed'),
  failed: count('task.failed'),
  retries: count('task.retries'),
  dead: count('task.dead'),
  unfinished: count('task.unfinished'),
});

it('every attempt is completed, failed or unfinished, and every failure a retry or a death', async () => {
  const queue = await bench.createQueue();
  const bodies = ['ok', 'ok', 'throw', 'die', 'hang'].map((payload) => ({ task: 'work', payload }));
  for (const body of [
    ...bodies,
    'garbage',
    { task: 'work', payload: 7 },
    { task: 'no', payload: 1 },
  ]) {
    await queue.send(body);
  }
  const delivery = await queue.worker([implementation]).deliver({ count: 8, remainingMs: 1_000 });
  const counted = outcomesOf(delivery);
  expect(counted).toEqual({
    attempts: 8,
    started: 5,
    completed: 2,
    failed: 5,
    retries: 2,
    dead: 3,
    unfinished: 1,
  });
  expect(counted.attempts).toBe(counted.completed + counted.failed + counted.unfinished);
  expect(counted.failed).toBe(counted.retries + counted.dead);
  const outcomes = delivery.results.map(({ outcome }) => outcome);
  for (const outcome of ['completed', 'retry', 'dead', 'unfinished'] as const) {
    const wanted = outcomes.filter((each) => each === outcome).length;
    expect(delivery.count('task.duration', { 'task.outcome': outcome })).toBe(wanted);
  }
  expect(delivery.count('task.wait')).toBe(8);
  expect(delivery.count('messaging.process.duration')).toBe(8);
  expect(delivery.count('faas.coldstarts')).toBe(1);
});

it('labels are the task, the queue and the error’s type, and never an id', async () => {
  const queue = await bench.createQueue();
  await queue.send({ id: 'task-1', task: 'work', payload: 'throw' });
  await queue.send({ id: 'task-2', task: 'nobody_knows_this', payload: 1 });
  const { series } = await queue.worker([implementation]).deliver({ count: 2 });
  const work = { 'task.name': 'work', 'queue.name': 'default' };
  const unknown = { 'task.name': 'unknown', 'queue.name': 'default' };
  const byName = (a: object, b: object) => JSON.stringify(b).localeCompare(JSON.stringify(a));
  expect(series('task.attempts').sort(byName)).toEqual([work, unknown]);
  for (const metric of ['task.failed', 'task.retries']) {
    expect(series(metric).sort(byName)).toEqual([
      { ...work, 'error.type': 'RangeError' },
      { ...unknown, 'error.type': 'UnknownTask' },
    ]);
  }
  expect(series('task.duration').sort(byName)).toEqual([
    { ...work, 'task.outcome': 'retry' },
    { ...unknown, 'task.outcome': 'retry' },
  ]);
});

it('the wait is measured from when the message could have been taken, on the first attempt alone', async () => {
  const queue = await bench.createQueue();
  const worker = queue.worker([implementation]);
  const deliver = async (agoMs: number, body: object = {}, attempt = 1) => {
    await queue.send({ task: 'work', payload: 'ok', ...body });
    const delivery = await worker.deliver({
      change: (record) => ({
        ...record,
        attributes: {
          ...record.attributes,
          ApproximateReceiveCount: String(attempt),
          SentTimestamp: String(Date.now() - agoMs),
        },
      }),
    });
    return delivery.histogram('task.wait').map(({ count, sum }) => ({ count, sum: Number(sum) }));
  };
  const [waited] = await deliver(60_000);
  expect(waited?.count).toBe(1);
  expect(waited?.sum).toBeGreaterThanOrEqual(60_000);
  expect(waited?.sum).toBeLessThan(61_000);
  // A deliberate delay of 50 s is no waiting; a clock that is ahead makes none below zero.
  const notBefore = new Date(Date.now() - 10_000).toISOString();
  const [delayed] = await deliver(60_000, { not_before: notBefore });
  expect(delayed?.sum).toBeGreaterThanOrEqual(10_000);
  expect(delayed?.sum).toBeLessThan(11_000);
  const [ahead] = await deliver(-5_000);
  expect(ahead?.sum).toBe(0);
  expect(await deliver(60_000, {}, 2)).toEqual([]);
});

it('what was handed back unrun was taken up and never started', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'hang' });
  await queue.send({ task: 'work', payload: 'ok' });
  const delivery = await queue
    .worker([implementation], { concurrency: 1 })
    .deliver({ count: 2, remainingMs: 500 });
  expect(outcomesOf(delivery)).toMatchObject({ attempts: 2, failed: 0 });
  expect(delivery.count('task.unfinished') + delivery.count('task.completed')).toBe(2);
  expect(delivery.count('task.started')).toBe(1 + delivery.count('task.completed'));
});
