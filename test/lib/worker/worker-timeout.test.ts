import { SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, type TaskContext, TaskTimeout } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const message = { id: 'task-1', task: 'slow', payload: {} };
const tracer = trace.getTracer('shop');

function slow(run: (context: TaskContext) => unknown, options = {}) {
  const task = defineTask({
    name: 'slow',
    payload: z.any(),
    timeoutSeconds: 0.05,
    retry: { minDelaySeconds: 0, maxDelaySeconds: 0 },
    ...options,
  });
  return implementTask(task, (_, context) => run(context));
}
const aborted = (signal: AbortSignal) =>
  new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));

it('a task over its time that heeds its signal is a failed attempt of error.type timeout', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  let reason: unknown;
  const delivery = await queue
    .worker([
      slow(async ({ signal }) => {
        await aborted(signal);
        reason = signal.reason;
        throw signal.reason;
      }),
    ])
    .deliver();
  expect(reason).toBeInstanceOf(TaskTimeout);
  expect(delivery.results).toMatchObject([{ outcome: 'retry', visibilitySeconds: 0 }]);
  expect(delivery.count('task.failed', { 'error.type': 'timeout' })).toBe(1);
  const { attributes, status } = delivery.span('process default');
  expect(attributes['error.type']).toBe('timeout');
  expect(status.code).toBe(SpanStatusCode.ERROR);
  expect(delivery.logged()).not.toContain('task ignores its AbortSignal and may still be running');
});

it('whatever a task throws once its time is up, it is a timeout', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  const { count } = await queue
    .worker([
      slow(async ({ signal }) => {
        await aborted(signal);
        throw new DOMException('aborted', 'AbortError');
      }),
    ])
    .deliver();
  expect(count('task.failed', { 'error.type': 'timeout' })).toBe(1);
});

it('a task that finishes right after its signal has finished', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  const { results } = await queue.worker([slow(({ signal }) => aborted(signal))]).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
});

it('a task that ignores its signal is logged, waits longer, and leaves no late spans or lines', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: finished, resolve: finish } = Promise.withResolvers<void>();
  const delivery = await queue
    .worker([
      slow(
        ({ log }) =>
          tracer.startActiveSpan('charge', async (charge) => {
            log.info('early');
            await gate;
            log.info('late');
            tracer.startSpan('late').end();
            charge.end();
            finish();
          }),
        { timeoutSeconds: 0.05 },
      ),
    ])
    .deliver();
  expect(delivery.elapsedMs).toBeLessThan(1_500);
  // At least min(60 s, timeoutSeconds), in whole seconds.
  expect(delivery.results).toMatchObject([{ outcome: 'retry', visibilitySeconds: 1 }]);
  expect(delivery.logs).toContainEqual(
    expect.objectContaining({
      body: 'task ignores its AbortSignal and may still be running',
      severityText: 'ERROR',
    }),
  );
  // What it had open is ended and exported below the task's span.
  const charge = delivery.span('charge');
  expect(charge.parentSpanContext?.spanId).toBe(
    delivery.span('process default').spanContext().spanId,
  );
  open();
  await finished;
  const late = await bench.take();
  expect(late.spans).toEqual([]);
  expect(late.logged()).toEqual([]);
  expect(delivery.lines.map((line) => line['message'])).not.toContain('late');
});

it('a dead timeout is called timeout in the dead-letter queue too', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  const run = slow(({ signal }) => aborted(signal).then(() => Promise.reject(signal.reason)), {
    retry: { maxAttempts: 1 },
  });
  expect((await queue.worker([run]).deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  const [dead] = await queue.receiveDead();
  expect(dead?.MessageAttributes).toMatchObject({
    'leadline.error.type': { StringValue: 'timeout' },
    'leadline.error.message': {
      StringValue: 'slow did not finish within its timeoutSeconds of 0.05.',
    },
  });
});

it('a schema that never answers is a timeout, and the task is never run behind it', async () => {
  const queue = await bench.createQueue();
  await queue.send(message);
  const { promise: gate, resolve: open } = Promise.withResolvers<{ value: unknown }>();
  let runs = 0;
  const run = slow(
    () => {
      runs += 1;
    },
    { payload: { '~standard': { version: 1, vendor: 'test', validate: () => gate } } },
  );
  const { results, count } = await queue.worker([run]).deliver();
  expect(results).toMatchObject([{ outcome: 'retry' }]);
  expect(count('task.failed', { 'error.type': 'timeout' })).toBe(1);
  open({ value: {} });
  await gate;
  await new Promise(setImmediate);
  expect(runs).toBe(0);
});
