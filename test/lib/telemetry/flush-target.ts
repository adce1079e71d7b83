import { emptyResource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createBoundedBuffer } from '../../../lib/telemetry/bounded-buffer.ts';
import {
  createLogBuffering,
  createSpanBufferProcessor,
} from '../../../lib/telemetry/buffer-processors.ts';
import { readTelemetryConfig } from '../../../lib/telemetry/config.ts';
import { createExporters } from '../../../lib/telemetry/create-exporters.ts';
import { createFlush } from '../../../lib/telemetry/create-flush.ts';
import { createLoggerProvider } from '../../../lib/telemetry/create-logger-provider.ts';
import { createMetricReader } from '../../../lib/telemetry/create-metric-reader.ts';
import { estimateLogBytes, estimateSpanBytes } from '../../../lib/telemetry/estimate-bytes.ts';
import type { Signal } from '../../../lib/telemetry/export-settings.ts';
import { createToken, type Token } from '../../../lib/telemetry/token.ts';

export interface FlushTarget {
  /** What was given up, by signal: the last reason, and the items of all. */
  dropped: Partial<Record<Signal, { reason: string; items: number }>>;
  warnings: string[];
  /** Makes spans, log records and one counter's point. */
  record(count?: number, attributes?: Record<string, string>): void;
  /** Makes a span and a log record of what no exporter can serialize. */
  recordOdd(name: unknown, body: unknown): void;
  /** Makes points of two metrics, each a series of its own. */
  count(series: number): void;
  /** @returns how long the caller waited, in milliseconds */
  flush(withinMs?: number): Promise<number>;
  written(withinMs: number): Promise<void>;
}

/** The flush of startTelemetry with its warnings and drops in the test's hands, and no globals. */
export async function flushTo(
  endpoint: string,
  environment: Record<string, string> = {},
  token: Token = createToken({ kind: 'value', token: 'token-1' }),
): Promise<FlushTarget> {
  const bounds = { maxItems: 10_000, onDropped: () => {} };
  const spans = createBoundedBuffer<ReadableSpan>({ ...bounds, bytesOf: estimateSpanBytes });
  const logs = createBoundedBuffer<ReadableLogRecord>({ ...bounds, bytesOf: estimateLogBytes });
  const reader = createMetricReader();
  const meter = new MeterProvider({ readers: [reader] }).getMeter('test');
  const counter = meter.createCounter('n');
  const gauge = meter.createGauge('m');
  const tracer = new NodeTracerProvider({
    spanProcessors: [createSpanBufferProcessor(spans)],
  }).getTracer('test');
  const logger = createLoggerProvider({
    resource: emptyResource(),
    // Larger ones than are usual are what is tested.
    limits: { attributeCountLimit: 128, attributeValueLengthLimit: Number.POSITIVE_INFINITY },
    onEmit: createLogBuffering(logs),
  }).getLogger('test');
  const dropped: FlushTarget['dropped'] = {};
  const warnings: string[] = [];
  const config = readTelemetryConfig({
    ONEUPTIME_ENDPOINT: endpoint,
    ONEUPTIME_TOKEN: 'token-1',
    ...environment,
  });
  const flush = createFlush({
    spans,
    logs,
    collect: async () => (await reader.collect()).resourceMetrics,
    exporters: createExporters(config, token),
    onDropped: (signal, reason, items) => {
      dropped[signal] = { reason, items: items + (dropped[signal]?.items ?? 0) };
    },
    warn: (message) => void warnings.push(message),
  });
  return {
    dropped,
    warnings,
    record(count = 1, attributes = {}) {
      for (let index = 0; index < count; index += 1) {
        tracer.startSpan('work', { attributes }).end();
        logger.emit({ body: 'said', attributes });
        counter.add(1);
      }
    },
    recordOdd(name, body) {
      tracer.startSpan(name as string).end();
      logger.emit({ body: body as string });
    },
    count(series) {
      for (let index = 0; index < series; index += 1) {
        if (index % 2 === 0) counter.add(1, { series: index });
        else gauge.record(1, { series: index });
      }
    },
    async flush(withinMs = 2_500) {
      const start = performance.now();
      await flush.flush(withinMs, true);
      return performance.now() - start;
    },
    written: flush.written,
  };
}
