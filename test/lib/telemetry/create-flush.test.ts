import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { describe, expect, it, vi } from 'vitest';
import { createBoundedBuffer } from '../../../lib/telemetry/bounded-buffer.ts';
import {
  createLogBufferProcessor,
  createSpanBufferProcessor,
} from '../../../lib/telemetry/buffer-processors.ts';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';
import { createExporters } from '../../../lib/telemetry/create-exporters.ts';
import { createFlush } from '../../../lib/telemetry/create-flush.ts';
import { createMetricReader } from '../../../lib/telemetry/create-metric-reader.ts';
import { type Behaviour, startBackend } from './otlp-backend.ts';

/** The flush of startTelemetry with its warnings and drops in the test's hands, and no globals. */
function flushTo(endpoint: string) {
  const spans = createBoundedBuffer<ReadableSpan>(10_000, () => {});
  const logs = createBoundedBuffer<ReadableLogRecord>(10_000, () => {});
  const reader = createMetricReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const counter = meter.createCounter('n');
  const tracer = new NodeTracerProvider({
    spanProcessors: [createSpanBufferProcessor(spans)],
  }).getTracer('test');
  const logger = new LoggerProvider({
    processors: [createLogBufferProcessor(logs)],
  }).getLogger('test');
  const dropped: Record<string, unknown> = {};
  const warnings: string[] = [];
  const flush = createFlush({
    spans,
    logs,
    collect: async () => (await reader.collect()).resourceMetrics,
    exporters: createExporters(
      readTelemetryConfig({ ONEUPTIME_ENDPOINT: endpoint, ONEUPTIME_TOKEN: 'token-1' }),
    ),
    onDropped: (signal, reason, items) => {
      dropped[signal] = { reason, items };
    },
    warn: (message) => void warnings.push(message),
  });
  return {
    dropped,
    warnings,
    record(count = 1) {
      for (let index = 0; index < count; index += 1) {
        tracer.startSpan('work').end();
        logger.emit({ body: 'said' });
        counter.add(1);
      }
    },
    async flush(remainingMs = 10_000): Promise<number> {
      const start = performance.now();
      await flush(remainingMs);
      return performance.now() - start;
    },
  };
}

it('sends the three signals side by side and each item once', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = flushTo(endpoint);
  target.record(3);
  await target.flush();
  expect(requests.map(({ path }) => path).sort()).toEqual([
    '/otlp/v1/logs',
    '/otlp/v1/metrics',
    '/otlp/v1/traces',
  ]);
  await target.flush();
  expect(requests).toHaveLength(3);
  expect([store.spans().length, store.logs().length, store.points().length]).toEqual([3, 3, 1]);
  expect(target.warnings).toEqual([]);
});

it('splits what is much into requests of at most 500 items', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = flushTo(endpoint);
  target.record(1_201);
  await target.flush();
  expect(requests.filter(({ path }) => path.endsWith('traces'))).toHaveLength(3);
  expect(store.spans()).toHaveLength(1_201);
  expect(store.logs()).toHaveLength(1_201);
});

it('keeps everything for the next flush when no time is left', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = flushTo(endpoint);
  target.record();
  for (const remainingMs of [200, 0, -5]) expect(await target.flush(remainingMs)).toBeLessThan(150);
  expect(requests).toEqual([]);
  await target.flush();
  expect(store.spans()).toHaveLength(1);
  expect(store.points()).toMatchObject([{ value: 1 }]);
});

describe('a backend that does not take it', () => {
  const refusals: [Behaviour, string][] = [
    [401, 'http_401'],
    [500, 'http_500'],
  ];
  it.each(refusals)('%s costs the items, says so, and fails nothing', async (behaviour, reason) => {
    const { endpoint, requests } = await startBackend(behaviour);
    const target = flushTo(endpoint);
    target.record(2);
    expect(await target.flush()).toBeLessThan(1_000);
    expect(requests).toHaveLength(3);
    expect(target.dropped).toEqual({
      traces: { reason, items: 2 },
      logs: { reason, items: 2 },
      metrics: { reason, items: 1 },
    });
    expect(target.warnings).toContain(
      `Telemetry export failed: 2 items of traces were given up (${reason}).`,
    );
    expect(target.warnings.join()).not.toContain('token-1');
  });

  const failures: [string, Behaviour | 'down', unknown][] = [
    ['hangs', 'hang', 'timeout'],
    ['resets connections', 'reset', 'ECONNRESET'],
    ['is down', 'down', 'ECONNREFUSED'],
    // The SDK's exporter tells no status of what it gave up to send again.
    ['is overloaded', 503, expect.any(String)],
  ];
  it.concurrent.for(failures)(
    'that %s holds a flush no longer than the time that is left',
    async ([, behaviour, reason], { expect, onTestFinished }) => {
      const endpoint =
        behaviour === 'down'
          ? 'http://127.0.0.1:1/otlp'
          : (await startBackend(behaviour, onTestFinished)).endpoint;
      const target = flushTo(endpoint);
      target.record();
      expect(await target.flush(500)).toBeLessThan(800);
      // Nothing to send: nothing to wait for, though the first is still on its way.
      expect(await target.flush(500)).toBeLessThan(800);
      await vi.waitFor(() => expect(Object.keys(target.dropped)).toHaveLength(3), {
        timeout: 4_000,
      });
      expect(target.dropped['traces']).toEqual({ reason, items: 1 });
    },
  );

  it('that hangs holds a flush no longer than 2.5 s, however much time is left', async () => {
    const { endpoint } = await startBackend('hang');
    const target = flushTo(endpoint);
    target.record();
    expect(await target.flush(900_000)).toBeLessThan(2_700);
  });
});

it('a token that is no header value breaks nothing and is not shown', async () => {
  const { endpoint } = await startBackend();
  const config = readTelemetryConfig({
    ONEUPTIME_ENDPOINT: endpoint,
    ONEUPTIME_TOKEN: 'secret\n1',
  });
  const errors: unknown[] = [];
  const { traces } = createExporters(config);
  const span = new NodeTracerProvider().getTracer('t').startSpan('s') as unknown as ReadableSpan;
  await traces?.([span]).catch((error: Error) => errors.push(error.message, error.cause));
  expect(errors).toHaveLength(2);
  expect(errors.map(String).join()).not.toContain('secret');
});
