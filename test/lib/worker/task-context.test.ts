import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, type TaskContext } from '../../../lib/index.ts';
import { createWorker } from '../../../lib/worker.ts';
import { hostileValues } from '../instrumentation/hostile-values.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({
  name: 'work',
  payload: z.object({ n: z.number() }),
  retry: { maxAttempts: 7 },
});

/** A task that keeps what it was called with. */
function keeping() {
  const calls: { payload: unknown; context: TaskContext }[] = [];
  const implementation = implementTask(task, (payload, context) => {
    calls.push({ payload, context });
  });
  return { calls, implementation };
}

it('a task is told everything of its attempt', async () => {
  const queue = await bench.createQueue({ fifo: true });
  const { calls, implementation } = keeping();
  await queue.send(
    {
      v: 1,
      id: 'task-1',
      task: 'work',
      payload: { n: 1, extra: true },
      enqueued_at: '2026-01-02T03:04:05.678Z',
      not_before: '2026-01-02T03:05:05.678Z',
    },
    { MessageGroupId: 'customer-7', MessageDeduplicationId: '1' },
  );
  await queue.worker([implementation]).deliver({
    change: (record) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: '3' },
    }),
  });
  expect(calls).toHaveLength(1);
  const { payload, context } = calls[0] as (typeof calls)[number];
  // The schema's output, not what was sent.
  expect(payload).toEqual({ n: 1 });
  expect(context).toEqual({
    id: 'task-1',
    attempt: 3,
    maxAttempts: 7,
    enqueuedAt: new Date('2026-01-02T03:04:05.678Z'),
    queue: 'default',
    groupId: 'customer-7',
    signal: expect.any(AbortSignal),
    log: expect.any(Object),
    remainingMs: expect.any(Function),
    message: {
      v: 1,
      id: 'task-1',
      task: 'work',
      payload: { n: 1, extra: true },
      enqueuedAt: new Date('2026-01-02T03:04:05.678Z'),
      notBefore: new Date('2026-01-02T03:05:05.678Z'),
    },
  });
  expect(context.signal.aborted).toBe(false);
});

it('a message of another language needs task and payload alone', async () => {
  const queue = await bench.createQueue();
  const { calls, implementation } = keeping();
  const messageId = await queue.send('{"task":"work","payload":{"n":2}}');
  await queue.worker([implementation]).deliver();
  expect(calls[0]?.context).toMatchObject({ id: messageId, attempt: 1 });
  expect(calls[0]?.context).not.toHaveProperty('enqueuedAt');
  expect(calls[0]?.context).not.toHaveProperty('groupId');
});

it('the log of one attempt says what it belongs to, also where no span is active', async () => {
  const queue = await bench.createQueue();
  await queue.send({ id: 'task-1', task: 'work', payload: { n: 3 } });
  const logging = implementTask(task, (_, { log }) => log.warn('careful', { n: 3 }));
  const { lines, span } = await queue.worker([logging]).deliver();
  const { traceId, spanId } = span('process default').spanContext();
  expect(lines.find((line) => line['message'] === 'careful')).toEqual({
    timestamp: expect.any(String),
    level: 'WARN',
    message: 'careful',
    requestId: expect.stringMatching(/^request-/),
    trace_id: traceId,
    span_id: spanId,
    service: 'shop',
    'task.id': 'task-1',
    'task.name': 'work',
    'task.attempt': 1,
    'queue.name': 'default',
    n: 3,
  });
});

it.each([
  ['debug', ['DEBUG', 'INFO', 'WARN', 'ERROR']],
  ['warn', ['WARN', 'ERROR']],
] as const)(
  'a task may log anything; with LOG_LEVEL=%s it is written as %j',
  async (logLevel, levels) => {
    const queue = await bench.createQueue();
    await queue.send({ id: 'task-1', task: 'work', payload: { n: 3 } });
    const logging = implementTask(task, (_, { log }) => {
      for (const [, value] of hostileValues()) {
        for (const level of ['debug', 'info', 'warn', 'error'] as const)
          log[level]('said', { value });
      }
    });
    const lines: Record<string, unknown>[] = [];
    const telemetry = {
      serviceName: 'shop',
      logLevel,
      traceMode: 'parent' as const,
      flushBeforeResponseMs: 0,
      writeLog: (line: string) => void lines.push(JSON.parse(line)),
      onShutdown: () => {},
      flush: async () => {},
    };
    const { results } = await queue.worker([logging], { telemetry }).deliver();
    expect(results.map(({ outcome }) => outcome)).toEqual(['completed']);
    const said = lines.filter((line) => line['message'] === 'said');
    expect(said).toHaveLength(hostileValues().length * levels.length);
    expect(new Set(said.map((line) => line['level']))).toEqual(new Set(levels));
    for (const line of said) expect(line).toMatchObject({ 'task.id': 'task-1', service: 'shop' });
  },
);

it('two invocations side by side in one process keep apart', async () => {
  const queue = await bench.createQueue();
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const seen: [number, number][] = [];
  const waits = implementTask(task, async ({ n }, { remainingMs }) => {
    if (n === 1) {
      begin();
      await gate;
    }
    seen.push([n, remainingMs()]);
    if (n === 2) open();
  });
  const worker = queue.worker([waits]);
  await queue.send({ task: 'work', payload: { n: 1 } });
  const first = worker.deliver({ remainingMs: 20_000 });
  await begun;
  await queue.send({ task: 'work', payload: { n: 2 } });
  const second = await worker.deliver({ remainingMs: 10_000 });
  expect(second.response).toEqual({ batchItemFailures: [] });
  expect((await first).response).toEqual({ batchItemFailures: [] });
  expect(seen.map(([n]) => n)).toEqual([2, 1]);
  expect(seen[0]?.[1]).toBeLessThanOrEqual(8_500);
  expect(seen[1]?.[1]).toBeGreaterThan(8_500);
});

it.each([
  ['without a queue', { queues: {} }, /QUEUES: names no queue/],
  ['for a concurrency of 0', { concurrency: 0 }, /concurrency: is 0/],
  ['for a concurrency that is no number', { concurrency: Number.NaN }, /concurrency: is NaN/],
  ['for a contract without its work', { contracts: [task] }, /no implementation/],
])('a worker does not start %s', (_, options, message) => {
  const queues = { default: { url: 'https://sqs.example/000000000000/shop' } };
  expect(() => createWorker([], { queues, ...options })).toThrow(message);
});
