import { SpanKind, SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import {
  createEnqueueHandler,
  createProducer,
  type EnqueueHandler,
} from '../../../lib/producer.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type HttpEventInput, httpEvent, lambdaContext } from './http-event.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const traceId = '0af7651916cd43dd8448eb211c80319c';
const tasks = [
  defineTask({ name: 'process_order', payload: z.object({ id: z.string() }), http: true }),
  defineTask({ name: 'misrouted', payload: z.unknown(), queue: 'unknown', http: true }),
  defineTask({ name: 'down', payload: z.unknown(), queue: 'missing', http: true }),
];
const good = { body: '{"id":"secret-payload"}' };

let bench: ProducerBench;
let handler: EnqueueHandler;
let flushed: unknown[] = [];
beforeAll(async () => {
  bench = await startProducerBench();
});
beforeEach(async () => {
  const url = await bench.createQueue();
  const queues = { default: { url }, missing: { url: `${bench.endpoint}/000000000000/missing` } };
  flushed = [];
  handler = createEnqueueHandler({
    tasks,
    producer: createProducer({ queues, client: bench.client }),
    telemetry: {
      serviceName: 'shop',
      logLevel: 'info',
      traceMode: 'parent',
      flushBeforeResponseMs: 0,
      onShutdown() {},
      async flush(request) {
        flushed.push({ ...request, spans: telemetry.spans().map(({ name }) => name) });
      },
    },
  });
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

async function serverSpan(input: HttpEventInput) {
  telemetry.clear();
  await handler(httpEvent(input), lambdaContext());
  const span = telemetry.spans().find(({ name }) => name === 'POST /tasks/{task}');
  if (span === undefined) throw new Error('There is no server span.');
  return span;
}

it('makes the server span of docs/telemetry.md', async () => {
  const span = await serverSpan(good);
  expect(span.kind).toBe(SpanKind.SERVER);
  expect(span.parentSpanContext).toBeUndefined();
  expect(span.attributes).toEqual({
    'http.request.method': 'POST',
    'http.route': '/tasks/{task}',
    'url.path': '/tasks/process_order',
    'http.response.status_code': 202,
    'faas.trigger': 'http',
    'faas.invocation_id': 'request-1',
    'faas.invocation.id': 'request-1',
    'faas.coldstart': true,
    'cloud.resource_id': 'arn:aws:lambda:eu-west-1:123456789012:function:enqueue-task',
    'aws.lambda.invoked_arn': 'arn:aws:lambda:eu-west-1:123456789012:function:enqueue-task',
  });
  const send = telemetry.spans().find(({ name }) => name === 'send default');
  expect(send?.parentSpanContext?.spanId).toBe(span.spanContext().spanId);
  expect((await serverSpan(good)).attributes['faas.coldstart']).toBe(false);
});

describe('errors', () => {
  it.each([
    [{ task: 'nothing', body: '{}' }, 404],
    [{ body: '{' }, 400],
    [{ body: '{}' }, 422],
  ])('%j, the caller’s mistake, is status %i and no error', async (input, status) => {
    const span = await serverSpan(input);
    expect(span.attributes['http.response.status_code']).toBe(status);
    expect(span.attributes['error.type']).toBeUndefined();
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
  });

  it.each([
    ['down', 503, '503'],
    ['misrouted', 500, 'InvalidEnqueueOptions'],
  ])('task %s, our mistake, is status %i and an error of type %s', async (task, status, type) => {
    const span = await serverSpan({ task, body: '{}' });
    expect(span.attributes).toMatchObject({
      'http.response.status_code': status,
      'error.type': type,
    });
    expect(span.status.code).toBe(SpanStatusCode.ERROR);
  });
});

describe('the caller’s trace', () => {
  it('is continued', async () => {
    const traceparent = `00-${traceId}-b7ad6b7169203331-01`;
    const span = await serverSpan({ ...good, headers: { traceparent, tracestate: 'a=b' } });
    expect(span.spanContext().traceId).toBe(traceId);
    expect(span.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(span.spanContext().traceState?.serialize()).toBe('a=b');
    const send = telemetry.spans().find(({ name }) => name === 'send default');
    expect(send?.spanContext().traceId).toBe(traceId);
  });

  it.each([
    'garbage',
    `00-${traceId}-0000000000000000-01`,
    `00-${'0'.repeat(32)}-b7ad6b7169203331-01`,
    '',
  ])('traceparent "%s" is ignored: a new trace begins', async (traceparent) => {
    const span = await serverSpan({ ...good, headers: { traceparent } });
    expect(span.attributes['http.response.status_code']).toBe(202);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.spanContext().traceId).not.toBe(traceId);
  });

  it('that is not sampled leaves the spans unsent and the task enqueued', async () => {
    const traceparent = `00-${traceId}-b7ad6b7169203331-00`;
    const event = httpEvent({ ...good, headers: { traceparent } });
    const { statusCode, body } = await handler(event, lambdaContext());
    expect(statusCode).toBe(202);
    expect(JSON.parse(body ?? '')).toMatchObject({ trace_id: traceId });
    expect(telemetry.spans()).toEqual([]);
  });
});

it('flushes once a request, when its spans have ended, with the time that is left', async () => {
  await serverSpan(good);
  await serverSpan({ body: '{' });
  expect(flushed).toEqual([
    {
      requestId: 'request-1',
      remainingMs: 2_500,
      spans: ['send default', 'POST /tasks/{task}'],
    },
    { requestId: 'request-1', remainingMs: 2_500, spans: ['POST /tasks/{task}'] },
  ]);
});

it('puts no payload into the telemetry', async () => {
  const { attributes } = await serverSpan(good);
  const spans = telemetry.spans().map((span) => [span.name, span.attributes, span.events]);
  expect(attributes).toBeDefined();
  expect(
    JSON.stringify([spans, telemetry.logRecords().map((record) => record.attributes)]),
  ).not.toContain('secret-payload');
});

it('counts cold starts once an instance', async () => {
  const total = async () =>
    (await telemetry.points('faas.coldstarts')).reduce((sum, { value }) => sum + Number(value), 0);
  const before = await total();
  await serverSpan(good);
  await serverSpan(good);
  expect((await total()) - before).toBe(1);
});
