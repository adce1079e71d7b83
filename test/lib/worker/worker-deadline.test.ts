import { SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'work', payload: z.string() });
const tracer = trace.getTracer('shop');
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

/** `quick` resolves, `stubborn` never ends, `heeding` ends by its signal. */
const implementation = implementTask(task, (does, { signal }) => {
  if (does === 'quick') return undefined;
  return tracer.startActiveSpan(`${does} call`, async (span) => {
    if (does === 'stubborn') await new Promise(() => {});
    await aborted(signal);
    span.end();
    throw signal.reason;
  });
});

it('what is finished stays finished, what runs is aborted, what has not begun comes back at once', async () => {
  const queue = await bench.createQueue();
  for (const does of ['quick', 'stubborn', 'heeding', 'never begun']) {
    await queue.send({ id: does, task: 'work', payload: does });
  }
  const delivery = await queue
    .worker([implementation], { concurrency: 2 })
    .deliver({ count: 4, remainingMs: 600 });
  const outcomes = Object.fromEntries(
    delivery.results.map(({ record, outcome, visibilitySeconds }) => [
      JSON.parse(record.body).id,
      [outcome, visibilitySeconds],
    ]),
  );
  expect(outcomes).toEqual({
    quick: ['completed', undefined],
    stubborn: ['unfinished', undefined],
    heeding: ['unfinished', undefined],
    'never begun': ['unfinished', 0],
  });
  expect(delivery.response.batchItemFailures).toHaveLength(3);
  expect(delivery.elapsedMs).toBeLessThan(600);
  expect(await queue.left()).toBe(3);
  const back = await queue.receive();
  expect(back.map(({ Body }) => JSON.parse(Body ?? '').id)).toEqual(['never begun']);
  expect(delivery.count('task.unfinished')).toBe(3);
  expect(delivery.count('task.failed')).toBe(0);
  expect(delivery.count('task.started')).toBe(3);
});

it('the spans of an unfinished task are ended and exported, and are no errors', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'stubborn' });
  const { spans } = await queue.worker([implementation]).deliver({ remainingMs: 200 });
  const own = spans.filter(({ name }) => name === 'process default' || name === 'stubborn call');
  expect(own).toHaveLength(2);
  for (const span of own) {
    expect(span.attributes['task.outcome']).toBe('unfinished');
    expect(span.attributes).not.toHaveProperty('error.type');
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.events).toEqual([]);
  }
});

it('a task knows how much time it has: its timeout, or less where the invocation ends before it', async () => {
  const remaining: number[] = [];
  const asks = implementTask(task, (_, { remainingMs }) => {
    remaining.push(remainingMs());
  });
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'x' });
  await queue.worker([asks]).deliver({ remainingMs: 60_000 });
  await queue.send({ task: 'work', payload: 'x' });
  await queue.worker([asks]).deliver({ remainingMs: 10_000 });
  expect(remaining[0]).toBeGreaterThan(29_000);
  expect(remaining[0]).toBeLessThanOrEqual(30_000);
  expect(remaining[1]).toBeGreaterThan(7_500);
  expect(remaining[1]).toBeLessThanOrEqual(8_500);
});
