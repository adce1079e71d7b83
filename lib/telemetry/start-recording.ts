import { metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { emptyResource } from '@opentelemetry/resources';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider, type MetricData } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createBoundedBuffer } from './bounded-buffer.ts';
import { createLogBuffering, createSpanBufferProcessor } from './buffer-processors.ts';
import { createLoggerProvider } from './create-logger-provider.ts';
import { createMetricReader } from './create-metric-reader.ts';
import { createPropagator } from './create-propagator.ts';
import { readLimitSettings } from './limit-settings.ts';
import { registerContext } from './register-context.ts';

/** What was recorded since the last time that it was taken. */
export interface Recording {
  spans: ReadableSpan[];
  metrics: MetricData[];
  logs: ReadableLogRecord[];
}

/** Telemetry that stays in memory. */
export interface Recorder {
  take(): Promise<Recording>;
}

/** More than a test makes. */
const CAPACITY = 100_000;

/**
 * Sets OpenTelemetry up for this process to record in memory: the same processors and the same
 * temporality as `startTelemetry`, and nothing is sent.
 *
 * @throws when the process has a set-up already: OpenTelemetry's globals are given once.
 */
export async function startRecording(): Promise<Recorder> {
  const bounds = { maxItems: CAPACITY, onDropped: () => {} };
  const spans = createBoundedBuffer<ReadableSpan>(bounds);
  const logRecords = createBoundedBuffer<ReadableLogRecord>(bounds);
  const reader = createMetricReader();
  registerContext(await createPropagator(['tracecontext', 'baggage'], []));
  const spanProcessors = [createSpanBufferProcessor(spans)];
  if (!trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }))) {
    throw new Error(
      'leadline/testing records in memory, and OpenTelemetry is set up in this process already. ' +
        'Run these tests in a process that does not call startTelemetry.',
    );
  }
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));
  logs.setGlobalLoggerProvider(
    createLoggerProvider({
      resource: emptyResource(),
      limits: readLimitSettings({}, []).logRecord,
      onEmit: createLogBuffering(logRecords),
    }),
  );
  return {
    async take() {
      const { resourceMetrics } = await reader.collect();
      const collected = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
      return { spans: spans.drain(), metrics: collected, logs: logRecords.drain() };
    },
  };
}
