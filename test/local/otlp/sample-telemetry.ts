import { context, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import { TraceState } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  InMemoryLogRecordExporter,
  LoggerProvider,
  type ReadableLogRecord,
  SimpleLogRecordProcessor,
} from '@opentelemetry/sdk-logs';
import {
  AggregationTemporality,
  AggregationType,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';

/** What the OpenTelemetry SDK makes of every feature that the receiver keeps. */
export interface SampleTelemetry {
  spans: ReadableSpan[];
  metrics: ResourceMetrics;
  logs: ReadableLogRecord[];
}

const resource = resourceFromAttributes({ 'service.name': 'shop', 'cloud.ports': [1, 2] });

export const callerTraceId = '0af7651916cd43dd8448eb211c80319c';
export const callerSpanId = 'b7ad6b7169203331';

export async function createSampleTelemetry(): Promise<SampleTelemetry> {
  return {
    spans: createSpans(),
    metrics: await createMetrics(),
    logs: createLogs(),
  };
}

function createSpans(): ReadableSpan[] {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({
    resource,
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  });
  const tracer = provider.getTracer('leadline', '1.2.3');
  const caller = trace.setSpanContext(context.active(), {
    traceId: callerTraceId,
    spanId: callerSpanId,
    traceFlags: TraceFlags.SAMPLED,
    traceState: new TraceState('vendor=x'),
    isRemote: true,
  });
  const link = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const process = tracer.startSpan(
    'process default',
    {
      kind: SpanKind.CONSUMER,
      startTime: [1_700_000_000, 123_456_789],
      attributes: {
        text: 'größe',
        empty: '',
        yes: true,
        no: false,
        int: 42,
        zero: 0,
        negative: -7,
        beyond: 2 ** 60,
        ratio: 0.5,
        list: ['a', 'b'],
        numbers: [1, 2.5],
        __proto__x: 'x',
      },
      links: [{ context: link, attributes: { why: 'batch' } }],
    },
    caller,
  );
  process.addEvent('exception', { 'exception.type': 'Error' }, [1_700_000_000, 200_000_000]);
  process.setStatus({ code: SpanStatusCode.ERROR, message: 'declined' });
  const child = tracer.startSpan(
    'charge_card',
    { startTime: [1_700_000_000, 130_000_000] },
    trace.setSpan(caller, process),
  );
  child.setStatus({ code: SpanStatusCode.OK });
  child.end([1_700_000_000, 131_500_000]);
  process.end([1_700_000_001, 123_456_789]);
  return exporter.getFinishedSpans();
}

async function createMetrics(): Promise<ResourceMetrics> {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.DELTA);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const provider = new MeterProvider({
    resource,
    readers: [reader],
    views: [
      {
        instrumentName: 'task.duration',
        aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM },
      },
    ],
  });
  const meter = provider.getMeter('leadline');
  const labels = { 'task.name': 'process_order' };
  meter.createCounter('task.completed', { unit: '{task}', description: 'done' }).add(3, labels);
  meter.createUpDownCounter('task.balance').add(-2.5, labels);
  meter.createGauge('queue.depth', { unit: '{message}' }).record(7, { 'queue.name': 'default' });
  const duration = meter.createHistogram('task.duration', { unit: 'ms' });
  for (const ms of [0, 1, 2, 4, 1000.5]) duration.record(ms, labels);
  const bytes = meter.createHistogram('body.size', {
    unit: 'By',
    advice: { explicitBucketBoundaries: [10, 100] },
  });
  for (const size of [5, 50, 500]) bytes.record(size);
  await reader.forceFlush();
  const [metrics] = exporter.getMetrics();
  await provider.shutdown();
  if (metrics === undefined) throw new Error('The SDK exported no metrics');
  return metrics;
}

function createLogs(): ReadableLogRecord[] {
  const exporter = new InMemoryLogRecordExporter();
  const provider = new LoggerProvider({
    resource,
    processors: [new SimpleLogRecordProcessor({ exporter })],
  });
  const logger = provider.getLogger('leadline', '1.2.3');
  const active = trace.setSpanContext(context.active(), {
    traceId: callerTraceId,
    spanId: callerSpanId,
    traceFlags: TraceFlags.SAMPLED,
  });
  logger.emit({
    timestamp: [1_700_000_000, 1],
    observedTimestamp: [1_700_000_000, 2],
    severityNumber: SeverityNumber.INFO,
    severityText: 'INFO',
    body: 'task completed',
    attributes: { 'task.id': 'id-1', nested: { list: [1, 'two', { three: [true] }] } },
    context: active,
  });
  logger.emit({
    severityNumber: SeverityNumber.ERROR,
    eventName: 'task.failed',
    body: { reason: 'declined', bytes: new Uint8Array([0, 255]), none: null },
  });
  return exporter.getFinishedLogRecords();
}
