import { context, metrics, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { SQSRecord } from 'aws-lambda';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  extractTrace,
  injectTrace,
  traceFieldsOf,
} from '../../../lib/instrumentation/trace-carrier.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { disableTelemetry } from '../../support/disable-telemetry.ts';
import { startBackend } from './otlp-backend.ts';

afterEach(disableTelemetry);

const request = { requestId: 'r-1', remainingMs: 10_000 };

async function start(environment: Record<string, string> = {}) {
  const backend = await startBackend();
  const telemetry = await startTelemetry({
    environment: {
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      OTEL_SERVICE_NAME: 'shop',
      ...environment,
    },
  });
  return { ...backend, telemetry };
}

it('brings spans, metrics and logs to OneUptime with token, trace and resource', async () => {
  const { telemetry, store, requests } = await start();
  const meter = metrics.getMeter('test');
  trace.getTracer('test').startActiveSpan('outer', (span) => {
    logs.getLogger('test').emit({ body: 'said', attributes: { a: 1 } });
    meter.createCounter('orders').add(2);
    span.end();
  });
  await telemetry.flush(request);
  expect(requests).toHaveLength(3);
  for (const { headers } of requests) {
    expect(headers).toMatchObject({
      'x-oneuptime-token': 'token-1',
      'content-type': 'application/json',
    });
  }
  const [span] = store.spans();
  const [log] = store.logs();
  expect(span).toMatchObject({ name: 'outer', resource: { 'service.name': 'shop' } });
  expect(log).toMatchObject({ body: 'said', traceId: span?.traceId, spanId: span?.spanId });
  expect(log?.resource).toEqual(span?.resource);
  expect(store.points()).toMatchObject([{ metric: 'orders', value: 2, temporality: 'DELTA' }]);
});

it('sends deltas: each flush only what came since the last', async () => {
  const { telemetry, store } = await start();
  const counter = metrics.getMeter('test').createCounter('orders');
  for (const count of [3, 4]) {
    counter.add(count);
    await telemetry.flush(request);
  }
  await telemetry.flush(request);
  expect(store.points().map(({ value }) => value)).toEqual([3, 4]);
});

it('sends histograms as exponential ones, in deltas', async () => {
  const { telemetry, store } = await start();
  const histogram = metrics.getMeter('test').createHistogram('duration');
  for (const value of [1, 10, 100]) histogram.record(value);
  await telemetry.flush(request);
  const [point] = store.points();
  expect(point).toMatchObject({
    type: 'exponentialHistogram',
    temporality: 'DELTA',
    count: 3,
    sum: 111,
    min: 1,
    max: 100,
  });
});

it('sends no span that is not sampled, and passes that decision on', async () => {
  const { telemetry, store } = await start();
  const parent = trace.setSpanContext(ROOT_CONTEXT, {
    traceId: '1'.repeat(32),
    spanId: '2'.repeat(16),
    traceFlags: 0,
  });
  const carrier: Record<string, string> = {};
  context.with(parent, () => {
    trace.getTracer('test').startActiveSpan('unsampled', (span) => {
      propagation.inject(context.active(), carrier);
      span.end();
    });
  });
  trace.getTracer('test').startSpan('sampled').end();
  await telemetry.flush(request);
  expect(store.spans().map(({ name }) => name)).toEqual(['sampled']);
  expect(carrier['traceparent']).toMatch(/^00-1{32}-[0-9a-f]{16}-00$/);
});

it('renames our metrics by METRIC_PREFIX', async () => {
  const { telemetry, store } = await start({ METRIC_PREFIX: 'celery.' });
  metrics.getMeter('leadline').createCounter('task.started').add(1);
  metrics.getMeter('shop').createCounter('orders').add(1);
  await telemetry.flush(request);
  expect(store.points().map(({ metric }) => metric)).toEqual(['celery.task.started', 'orders']);
});

it('drops the oldest spans over its bound and counts them', async () => {
  const { telemetry, store } = await start();
  const tracer = trace.getTracer('test');
  for (let index = 0; index < 4_100; index += 1) tracer.startSpan(`span ${index}`).end();
  await telemetry.flush(request);
  expect(store.spans()).toHaveLength(4_096);
  expect(store.spans().map(({ name }) => name)).not.toContain('span 3');
  expect(store.points()).toMatchObject([
    {
      metric: 'telemetry.dropped',
      value: 4,
      attributes: { signal: 'traces', reason: 'buffer_full' },
    },
  ]);
});

it('counts what it drops, however much it is, and only once', async () => {
  const { telemetry, store } = await start();
  const logger = logs.getLogger('test');
  for (const records of [20_000, 5_000]) {
    for (let index = 0; index < records; index += 1) logger.emit({ body: 'said' });
    metrics.getMeter('test').createCounter('orders').add(1);
    await telemetry.flush(request);
  }
  await telemetry.flush(request);
  const points = store.points().map(({ metric, value }) => [metric, value]);
  expect(points.filter(([metric]) => metric === 'orders')).toHaveLength(2);
  expect(points.filter(([metric]) => metric === 'telemetry.dropped')).toEqual([
    ['telemetry.dropped', 15_904],
    ['telemetry.dropped', 904],
  ]);
});

it('bounds what waits by bytes as well: large spans push out the oldest', async () => {
  const { telemetry, store } = await start();
  const tracer = trace.getTracer('test');
  for (let index = 0; index < 200; index += 1) {
    const attributes = Object.fromEntries(
      Array.from({ length: 12 }, (_, key) => [`k${key}`, 'x'.repeat(8_000)]),
    );
    tracer.startSpan(`span ${index}`, { attributes }).end();
  }
  await telemetry.flush(request);
  // What is under way at the flush's bound goes on.
  const dropped = () => store.points().find(({ metric }) => metric === 'telemetry.dropped')?.value;
  const arrived = () => store.spans().length + (dropped() ?? 0);
  await expect.poll(arrived, { timeout: 15_000 }).toBe(200);
  expect(dropped()).toBeGreaterThan(100);
  expect(dropped()).toBeLessThan(140);
});

it('cuts attribute values of spans and log records at 8,192 characters', async () => {
  const { telemetry, store } = await start();
  const attributes = { long: 'x'.repeat(10_000) };
  trace.getTracer('test').startSpan('work', { attributes }).end();
  logs.getLogger('test').emit({ body: 'said', attributes });
  await telemetry.flush(request);
  for (const { attributes: kept } of [...store.spans(), ...store.logs()]) {
    expect(String(kept['long'])).toHaveLength(8_192);
  }
});

it('a signal without a target is neither kept nor counted as dropped', async () => {
  const { endpoint, store, requests } = await startBackend();
  const telemetry = await startTelemetry({
    environment: {
      OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: `${endpoint}/v1/metrics`,
      OTEL_EXPORTER_OTLP_METRICS_HEADERS: 'x-oneuptime-token=any',
    },
  });
  for (let index = 0; index < 4_100; index += 1) {
    trace.getTracer('test').startSpan('work').end();
    logs.getLogger('test').emit({ body: 'said' });
  }
  metrics.getMeter('test').createCounter('orders').add(1);
  await telemetry.flush(request);
  expect(requests.map(({ path }) => path)).toEqual(['/otlp/v1/metrics']);
  expect(store.points().map(({ metric }) => metric)).toEqual(['orders']);
});

describe('the environment that it is given', () => {
  afterEach(() => void vi.unstubAllEnvs());

  it('reaches the exporters and the SDK', async () => {
    const { endpoint, store, requests } = await startBackend();
    const telemetry = await startTelemetry({
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
        OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20abc,x-oneuptime-token=theirs',
        OTEL_EXPORTER_OTLP_LOGS_HEADERS: 'authorization=Bearer%20logs',
        OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
        OTEL_TRACES_SAMPLER: 'traceidratio',
        OTEL_TRACES_SAMPLER_ARG: '0',
        OTEL_LOGRECORD_ATTRIBUTE_VALUE_LENGTH_LIMIT: '3',
      },
    });
    trace.getTracer('test').startSpan('unsampled').end();
    logs.getLogger('test').emit({ body: 'said', attributes: { text: 'longer' } });
    await telemetry.flush(request);
    expect(store.spans()).toEqual([]);
    expect(store.logs()).toMatchObject([{ attributes: { text: 'lon' } }]);
    expect(requests).toHaveLength(1);
    expect(requests[0]?.headers).toMatchObject({
      authorization: 'Bearer logs',
      'content-encoding': 'gzip',
      'x-oneuptime-token': 'theirs',
    });
  });

  it('is the only one: nothing of process.env is used, and none of its headers is sent', async () => {
    const elsewhere = await startBackend();
    const process = {
      OTEL_EXPORTER_OTLP_ENDPOINT: elsewhere.endpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20other',
      OTEL_EXPORTER_OTLP_TRACES_HEADERS: 'x-other=1',
      OTEL_EXPORTER_OTLP_COMPRESSION: 'gzip',
      OTEL_TRACES_SAMPLER: 'always_off',
      OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT: '0',
      OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT: '1',
    };
    for (const [name, value] of Object.entries(process)) vi.stubEnv(name, value);
    const { telemetry, store, requests } = await start();
    trace
      .getTracer('test')
      .startSpan('work', { attributes: { text: 'kept' } })
      .end();
    logs.getLogger('test').emit({ body: 'said', attributes: { text: 'kept' } });
    await telemetry.flush(request);
    expect(elsewhere.requests).toEqual([]);
    expect(store.spans()).toMatchObject([{ attributes: { text: 'kept' } }]);
    expect(store.logs()).toMatchObject([{ attributes: { text: 'kept' } }]);
    for (const { headers } of requests) {
      expect(headers['x-oneuptime-token']).toBe('token-1');
      expect(headers).not.toHaveProperty('authorization');
      expect(headers).not.toHaveProperty('x-other');
      expect(headers).not.toHaveProperty('content-encoding');
    }
  });
});

it('a gauge whose callback hangs does not take the other metrics with it', async () => {
  const { telemetry, store } = await start();
  const meter = metrics.getMeter('test');
  meter.createObservableGauge('hanging').addCallback(() => new Promise(() => {}));
  meter.createCounter('orders').add(1);
  await telemetry.flush(request);
  expect(store.points()).toMatchObject([{ metric: 'orders', value: 1 }]);
});

it('one item that is larger than all that may wait goes alone, and is counted', async () => {
  const { telemetry, store } = await start();
  const logger = logs.getLogger('test');
  logger.emit({ body: 'before' });
  logger.emit({ body: 'x'.repeat(9_000_000) });
  logger.emit({ body: 'after' });
  await telemetry.flush(request);
  expect(store.logs().map(({ body }) => body)).toEqual(['before', 'after']);
  expect(store.points()).toMatchObject([
    { metric: 'telemetry.dropped', value: 1, attributes: { signal: 'logs' } },
  ]);
});

it.each([
  ['without a target no extension is registered: it would hold each invocation for nothing', {}, 0],
  ['with one it is', { ONEUPTIME_TOKEN: 'token-1' }, 1],
])('%s', async (_, environment, registrations) => {
  const api = await startBackend(403);
  await startTelemetry({
    environment: { AWS_LAMBDA_RUNTIME_API: new URL(api.endpoint).host, ...environment },
  });
  expect(api.requests).toHaveLength(registrations);
});

it('keeps the active context over await', async () => {
  await start();
  await trace.getTracer('test').startActiveSpan('outer', async (span) => {
    await new Promise((resolve) => setImmediate(resolve));
    expect(trace.getActiveSpan()).toBe(span);
  });
});

it('records and sends nothing when OTEL_SDK_DISABLED, and still passes context on', async () => {
  const { telemetry, requests } = await start({ OTEL_SDK_DISABLED: 'true' });
  expect(trace.getTracer('test').startSpan('s').isRecording()).toBe(false);
  metrics.getMeter('test').createCounter('orders').add(1);
  await telemetry.flush(request);
  expect(requests).toEqual([]);
  const traceparent = `00-${'1'.repeat(32)}-${'2'.repeat(16)}-01`;
  const carrier: Record<string, string> = {};
  propagation.inject(propagation.extract(ROOT_CONTEXT, { traceparent }), carrier);
  expect(carrier).toEqual({ traceparent });
});

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const xrayHeader = `Root=1-${traceId.slice(0, 8)}-${traceId.slice(8)};Parent=${spanId};Sampled=1`;

it.each([
  ['b3', { b3: `${traceId}-${spanId}-1` }],
  ['xray', { 'x-amzn-trace-id': xrayHeader }],
  ['none', {}],
])('OTEL_PROPAGATORS=%s writes and reads its own headers', async (name, carrier) => {
  await start({ OTEL_PROPAGATORS: name });
  const spanContext = { traceId, spanId, traceFlags: 1 };
  const fields = injectTrace(trace.setSpanContext(ROOT_CONTEXT, spanContext));
  expect(fields).toEqual(carrier);
  const received = trace.getSpanContext(extractTrace([fields]));
  expect(received?.traceId).toBe(name === 'none' ? undefined : traceId);
});

it.each([
  ['tracecontext', undefined],
  ['tracecontext,xray', traceId],
])('with OTEL_PROPAGATORS=%s an AWSTraceHeader leads to the trace %s', async (names, expected) => {
  await start({ OTEL_PROPAGATORS: names });
  const attributes = { AWSTraceHeader: xrayHeader } as SQSRecord['attributes'];
  const context = extractTrace([traceFieldsOf({ messageAttributes: {}, attributes })]);
  expect(trace.getSpanContext(context)?.traceId).toBe(expected);
});
