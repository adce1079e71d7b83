import { metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createBoundedBuffer } from './bounded-buffer.ts';
import { createLogBufferProcessor, createSpanBufferProcessor } from './buffer-processors.ts';
import {
  type Environment,
  readTelemetryConfig,
  type Signal,
  type TelemetryConfig,
} from './config.ts';
import { createExporters } from './create-exporters.ts';
import { createFlush, FLUSH_BOUND_MS } from './create-flush.ts';
import { createMetricReader } from './create-metric-reader.ts';
import { createPropagator } from './create-propagator.ts';
import { registerContext } from './register-context.ts';
import { renameMetrics } from './rename-metrics.ts';
import { createResource, DISTRO_VERSION } from './resource.ts';
import { createShutdown } from './shutdown.ts';
import { createRateLimitedWarn, writeWarning } from './warn.ts';

export interface Telemetry {
  readonly serviceName: string;
  readonly logLevel: TelemetryConfig['logLevel'];
  readonly traceMode: TelemetryConfig['traceMode'];
  /** Milliseconds that a flush may hold the response back. */
  readonly flushBeforeResponseMs: number;
  /** Calls back at SIGTERM, before the last flush. */
  onShutdown(callback: () => void | Promise<void>): void;
  /**
   * Sends what was recorded since the last flush. Never rejects and never takes longer than
   * 2.5 s, or than the invocation's remaining time less 200 ms.
   */
  flush(request: { requestId: string; remainingMs: number }): Promise<void>;
}

export interface TelemetryOptions {
  /** @default process.env; docs/architecture.md lists the variables */
  environment?: Environment;
}

/** Spans and log records that may wait for a flush, each. */
const BUFFER_CAPACITY = 4_096;

/**
 * Sets OpenTelemetry up for this process: traces, metrics and logs over OTLP/HTTP. Call it once,
 * before anything else that records. A bad setting is one warning on stdout and never an error.
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const config = readTelemetryConfig(options.environment);
  const warnings = [...config.warnings];
  // Trace context is passed on even when the SDK is disabled: specification, OTEL_SDK_DISABLED.
  registerContext(createPropagator(config.propagators, warnings));
  for (const warning of warnings) writeWarning(config.serviceName, warning);
  const { serviceName, logLevel, traceMode, disabled } = config;
  const flush = disabled ? async () => {} : startSdk(config);
  return {
    serviceName,
    logLevel,
    traceMode,
    flushBeforeResponseMs: disabled ? 0 : FLUSH_BOUND_MS,
    onShutdown: createShutdown(flush),
    flush: ({ remainingMs }) => flush(remainingMs),
  };
}

function startSdk(config: TelemetryConfig): (remainingMs: number) => Promise<void> {
  const resource = createResource(config);
  const reader = createMetricReader();
  const meterProvider = new MeterProvider({ resource, readers: [reader] });
  const droppedItems = meterProvider
    .getMeter('leadline', DISTRO_VERSION)
    .createCounter('telemetry.dropped', {
      unit: '{item}',
      description: 'Telemetry that was given up.',
    });
  const onDropped = (signal: Signal, reason: string, items = 1) =>
    droppedItems.add(items, { signal, reason });
  const spans = createBoundedBuffer<ReadableSpan>(BUFFER_CAPACITY, () =>
    onDropped('traces', 'buffer_full'),
  );
  const logRecords = createBoundedBuffer<ReadableLogRecord>(BUFFER_CAPACITY, () =>
    onDropped('logs', 'buffer_full'),
  );

  trace.setGlobalTracerProvider(
    new NodeTracerProvider({ resource, spanProcessors: [createSpanBufferProcessor(spans)] }),
  );
  metrics.setGlobalMeterProvider(meterProvider);
  logs.setGlobalLoggerProvider(
    new LoggerProvider({ resource, processors: [createLogBufferProcessor(logRecords)] }),
  );
  return createFlush({
    spans,
    logs: logRecords,
    collect: async () => {
      const { resourceMetrics } = await reader.collect();
      return renameMetrics(resourceMetrics, config.metricPrefix);
    },
    exporters: createExporters(config),
    onDropped,
    warn: createRateLimitedWarn(config.serviceName),
  });
}
