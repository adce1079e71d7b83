import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const tracer = trace.getTracer('shop');
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));
const task = defineTask({ name: 'step', payload: z.number(), retry: { when: () => 60 } });
const STEPS = 5;

/** Takes a different number of turns at each step, so that the order of the ten always changes. */
const implementation = implementTask(task, async (index, { id, log }) => {
  for (let step = 0; step < STEPS; step += 1) {
    await tracer.startActiveSpan('inner', async (span) => {
      span.setAttribute('own', id);
      for (let wait = (index * 7 + step * 3) % 5; wait >= 0; wait -= 1) await turn();
      log.info('step', { own: id });
      span.end();
    });
  }
  if (index % 3 === 0) throw new Error(`failed ${id}`);
});

it('ten records side by side never mix their ids in spans, records and lines', async () => {
  const queue = await bench.createQueue();
  const ids = Array.from({ length: 10 }, (_, index) => `task-${index}`);
  const traceOf = (id: string) => id.slice(-1).repeat(31).padEnd(32, 'f');
  for (const [payload, id] of ids.entries()) {
    const StringValue = `00-${traceOf(id)}-${'b'.repeat(16)}-01`;
    await queue.send(
      { id, task: 'step', payload },
      { MessageAttributes: { traceparent: { DataType: 'String', StringValue } } },
    );
  }
  const { spans, logs, lines } = await queue.worker([implementation]).deliver({ count: 10 });

  const processSpans = spans.filter(({ name }) => name === 'process default');
  const spanIdOf = new Map(
    processSpans.map((span) => [span.attributes['task.id'], span.spanContext().spanId]),
  );
  expect([...spanIdOf.keys()].sort()).toEqual(ids);
  for (const span of processSpans) {
    const id = String(span.attributes['task.id']);
    expect(span.spanContext().traceId).toBe(traceOf(id));
    const fails = Number(id.slice(-1)) % 3 === 0;
    expect(span.status.message).toBe(fails ? `failed ${id}` : undefined);
  }
  const inner = spans.filter(({ name }) => name === 'inner');
  expect(inner).toHaveLength(10 * STEPS);
  for (const span of inner) {
    const id = String(span.attributes['own']);
    expect(span.parentSpanContext?.spanId).toBe(spanIdOf.get(id));
  }

  const steps = logs.filter(({ body }) => body === 'step');
  expect(steps).toHaveLength(10 * STEPS);
  const innerIds = new Map(
    inner.map((span) => [span.spanContext().spanId, span.attributes['own']]),
  );
  for (const { attributes, spanContext } of steps) {
    expect(attributes).toMatchObject({
      'task.id': attributes['own'],
      'task.name': 'step',
      'queue.name': 'default',
      'task.attempt': 1,
      request_id: expect.stringMatching(/^request-/),
    });
    expect(innerIds.get(spanContext?.spanId ?? '')).toBe(attributes['own']);
    expect(spanContext?.traceId).toBe(traceOf(String(attributes['own'])));
  }
  // The worker's own lines of a record are below the record's span.
  for (const body of ['task starting', 'task completed', 'task failed', 'task retrying']) {
    const records = logs.filter((record) => record.body === body);
    expect(records.length).toBeGreaterThan(0);
    for (const { attributes, spanContext } of records) {
      expect(spanContext?.spanId).toBe(spanIdOf.get(String(attributes['task.id'])));
    }
  }
  // stdout tells the same as OTLP, line by line.
  expect(
    lines.map((line) => [line['message'], line['task.id'], line['trace_id'], line['span_id']]),
  ).toEqual(
    logs.map(({ body, attributes, spanContext }) => [
      body,
      attributes['task.id'],
      spanContext?.traceId,
      spanContext?.spanId,
    ]),
  );
});

it('no log inside a span carries an exception, which the backend would count twice', async () => {
  const queue = await bench.createQueue();
  await queue.send({ id: 'task-0', task: 'step', payload: 0 });
  const { logs, logged } = await queue.worker([implementation]).deliver();
  expect(logged()).toContain('task failed');
  const keys = logs.flatMap(({ attributes }) => Object.keys(attributes));
  expect(keys.filter((key) => key.startsWith('exception.'))).toEqual([]);
});

it('no more records run at a time than the concurrency says: by default ten', async () => {
  const queue = await bench.createQueue();
  let running = 0;
  let most = 0;
  const counts = implementTask(task, async () => {
    running += 1;
    most = Math.max(most, running);
    for (let wait = 0; wait < 5; wait += 1) await turn();
    running -= 1;
  });
  for (const [concurrency, expected] of [
    [undefined, 10],
    [3, 3],
    [Number.POSITIVE_INFINITY, 12],
  ] as const) {
    for (let payload = 0; payload < 12; payload += 1) await queue.send({ task: 'step', payload });
    most = 0;
    const options = concurrency === undefined ? {} : { concurrency };
    const { response } = await queue.worker([counts], options).deliver({ count: 12 });
    expect(response).toEqual({ batchItemFailures: [] });
    expect(most).toBe(expected);
  }
});
