import { metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import type { Resource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createBoundedBuffer } from './bounded-buffer.ts';
import {
  type Activity,
  createLogBuffering,
  createSpanBufferProcessor,
} from './buffer-processors.ts';
import type { TelemetryConfig } from './config.ts';
import { createExporters } from './create-exporters.ts';
import { createFlush, type Flush } from './create-flush.ts';
import { createLoggerProvider } from './create-logger-provider.ts';
import { createMetrics } from './create-metrics.ts';
import { createSampler } from './create-sampler.ts';
import { createDroppedItems } from './dropped-items.ts';
import { estimateLogBytes, estimateSpanBytes } from './estimate-bytes.ts';
import type { Compression, Signal } from './export-settings.ts';
import { createResource, type ResourceOptions } from './resource.ts';
import { createToken } from './token.ts';
import type { Gauge } from './waiting-gauges.ts';
import { createRateLimitedWarn, type Warn } from './warn.ts';

export interface LastExport {
  /** Milliseconds since 1970. */
  timeMs: number;
  /** Why the backend did not take it. @default it did */
  failure?: string;
}

/** OpenTelemetry's SDK, running, and what leads out of it. */
export interface StartedSdk {
  /** Whose asynchronous attributes are to be waited for. */
  resource: Resource;
  flush: Flush;
  activity: Activity;
  warn: Warn;
  addGauges: (gauges: readonly Gauge[]) => void;
  lastExport: (signal?: Signal) => LastExport | undefined;
}

export interface SdkOptions extends ResourceOptions {
  compression?: Compression;
}

/** Spans that may wait for a flush, and log records, each by number and by about their bytes. */
const MAX_WAITING = 4_096;
const MAX_WAITING_BYTES = 8 * 1_048_576;

/** Sets the globals of OpenTelemetry: traces, metrics and logs into buffers that a flush empties. */
export function startSdk(
  config: TelemetryConfig,
  { compression, ...identity }: SdkOptions,
): StartedSdk {
  const token = config.token && createToken(config.token);
  const activity: Activity = { onBegin: () => token?.prefetch() };
  const exporters = createExporters(config, token, compression);
  const resource = createResource(config, identity);
  const ownMetrics = createMetrics({
    resource,
    prefix: config.metricPrefix,
    protocol: config.exports.metrics.protocol,
    onDropped: (points) => onDropped('metrics', 'buffer_full', points),
  });
  // A signal without a target is not kept: it would count as dropped.
  const onDropped = createDroppedItems(exporters.metrics ? ownMetrics.provider : metrics);
  const createBuffer = <T>(signal: Signal, bytesOf: (item: T) => number) =>
    createBoundedBuffer<T>({
      maxItems: MAX_WAITING,
      maxBytes: MAX_WAITING_BYTES,
      bytesOf,
      onDropped: () => onDropped(signal, 'buffer_full'),
    });
  const spans = createBuffer<ReadableSpan>('traces', estimateSpanBytes);
  const records = createBuffer<ReadableLogRecord>('logs', estimateLogBytes);

  const { sampler, limits } = config;
  trace.setGlobalTracerProvider(
    new BasicTracerProvider({
      resource,
      sampler: createSampler(sampler),
      spanLimits: limits.span,
      spanProcessors: [createSpanBufferProcessor(exporters.traces && spans, activity)],
    }),
  );
  if (exporters.metrics) metrics.setGlobalMeterProvider(ownMetrics.provider);
  logs.setGlobalLoggerProvider(
    createLoggerProvider({
      resource,
      limits: limits.logRecord,
      onEmit: createLogBuffering(exporters.logs && records, activity),
    }),
  );
  const warn = createRateLimitedWarn(config.serviceName);
  let last: LastExport | undefined;
  const lastOf = new Map<Signal, LastExport>();
  const flush = createFlush({
    spans,
    logs: records,
    collect: ownMetrics.collect,
    exporters,
    onDropped,
    onExport: (signal, failure) => {
      last = { timeMs: Date.now(), ...(failure !== undefined && { failure }) };
      lastOf.set(signal, last);
    },
    warn,
  });
  // Without a target nobody would collect them.
  const addGauges = exporters.metrics ? ownMetrics.addGauges : () => {};
  return {
    resource,
    flush,
    activity,
    warn,
    addGauges,
    lastExport: (signal) => (signal === undefined ? last : lastOf.get(signal)),
  };
}
