import { DiagConsoleLogger, diag, metrics, trace } from '@opentelemetry/api';
import { logs } from '@opentelemetry/api-logs';
import { diagLogLevelFromString } from '@opentelemetry/core';
import { LoggerProvider, type ReadableLogRecord } from '@opentelemetry/sdk-logs';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, type ReadableSpan } from '@opentelemetry/sdk-trace-node';
import { createBoundedBuffer } from './bounded-buffer.ts';
import {
  type Activity,
  createLogBufferProcessor,
  createSpanBufferProcessor,
} from './buffer-processors.ts';
import { type FlushMode, readTelemetryConfig, type TelemetryConfig } from './config.ts';
import { createExporters } from './create-exporters.ts';
import { createFlush, FLUSH_BOUND_MS } from './create-flush.ts';
import { createMetricReader } from './create-metric-reader.ts';
import { createPropagator } from './create-propagator.ts';
import { createSampler } from './create-sampler.ts';
import { estimateLogBytes, estimateSpanBytes } from './estimate-bytes.ts';
import type { Signal } from './export-settings.ts';
import { createFlushControl, type FlushRequest } from './flush-control.ts';
import { type LambdaExtension, registerExtension } from './lambda-extension.ts';
import type { Environment } from './read-setting.ts';
import { registerContext } from './register-context.ts';
import { renameMetrics } from './rename-metrics.ts';
import { createResource, DISTRO_VERSION } from './resource.ts';
import { createShutdown, type ShutdownCallback } from './shutdown.ts';
import { createToken } from './token.ts';
import { createRateLimitedWarn, writeWarning } from './warn.ts';

export interface Telemetry {
  readonly serviceName: string;
  readonly logLevel: TelemetryConfig['logLevel'];
  readonly traceMode: TelemetryConfig['traceMode'];
  /** Milliseconds that a flush may hold the response back: 0 where it comes after the response. */
  readonly flushBeforeResponseMs: number;
  /** Calls back at SIGTERM, before the last flush. */
  onShutdown(callback: ShutdownCallback): void;
  /**
   * Tells that a handler has ended, so that what it recorded is sent: after the response, or
   * before it, where the promise resolves after the flush. Never rejects, and never takes longer
   * than 2.5 s or the invocation's remaining time less 200 ms.
   */
  flush(request: FlushRequest): Promise<void>;
}

export interface TelemetryOptions {
  /**
   * When telemetry leaves: docs/telemetry.md, Export. LEADLINE_FLUSH wins.
   * @default 'after-response', which is 'before-response' wherever no extension can be registered
   */
  flush?: FlushMode;
  /** @default process.env; docs/architecture.md lists the variables */
  environment?: Environment;
}

const COLLECT_TIMEOUT_MS = 500;
/** Spans that may wait for a flush, and log records, each by number and by about their bytes. */
const MAX_WAITING = 4_096;
const MAX_WAITING_BYTES = 8 * 1_048_576;

/**
 * Sets OpenTelemetry up for this process: traces, metrics and logs over OTLP/HTTP. Await it once,
 * at the top of a function's module, before anything else that records: Lambda takes
 * registrations of extensions only until the module has loaded. A bad setting is one warning on
 * stdout and never an error.
 */
export async function startTelemetry(options: TelemetryOptions = {}): Promise<Telemetry> {
  const config = readTelemetryConfig(options.environment);
  const { serviceName, logLevel, traceMode, diagLevel } = config;
  const warnings = [...config.warnings];
  const wanted = config.flushMode ?? options.flush ?? 'after-response';
  const registration = startRegistration(config, wanted);
  if (diagLevel !== undefined) {
    diag.setLogger(new DiagConsoleLogger(), diagLogLevelFromString(diagLevel));
  }
  // Trace context is passed on even when the SDK is disabled: specification, OTEL_SDK_DISABLED.
  registerContext(await createPropagator(config.propagators, warnings));
  for (const warning of warnings) writeWarning(serviceName, warning);
  const common = { serviceName, logLevel, traceMode };
  if (config.disabled) {
    const nothing = async () => {};
    return {
      ...common,
      flushBeforeResponseMs: 0,
      onShutdown: createShutdown(nothing),
      flush: nothing,
    };
  }
  const { extension, ...sdk } = await startSdk(config, registration);
  const control = createFlushControl({ ...sdk, mode: wanted, extension });
  return {
    ...common,
    flushBeforeResponseMs:
      control.mode === 'before-response' && config.exporting ? FLUSH_BOUND_MS : 0,
    onShutdown: createShutdown((withinMs) => sdk.flush.flush(withinMs, true)),
    flush: control.flush,
  };
}

/** Sent first: its answer arrives while everything else is set up. */
function startRegistration(
  { runtimeApi, disabled, exporting }: TelemetryConfig,
  wanted: FlushMode,
): Promise<LambdaExtension | undefined> {
  const possible =
    runtimeApi !== undefined && !disabled && exporting && wanted !== 'before-response';
  return possible ? registerExtension({ runtimeApi }) : Promise.resolve(undefined);
}

async function startSdk(
  config: TelemetryConfig,
  registration: Promise<LambdaExtension | undefined>,
) {
  const token = config.token && createToken(config.token);
  const activity: Activity = { onBegin: () => token?.prefetch() };
  const exporters = createExporters(config, token);
  const extension = await registration;
  const resource = createResource(config, extension?.accountId);
  const reader = createMetricReader();
  // A signal without a target is not kept: it would count as dropped.
  const readers = exporters.metrics ? [reader] : [];
  const meterProvider = new MeterProvider({ resource, readers });
  const droppedItems = meterProvider
    .getMeter('leadline', DISTRO_VERSION)
    .createCounter('telemetry.dropped', {
      unit: '{item}',
      description: 'Telemetry that was given up.',
    });
  const onDropped = (signal: Signal, reason: string, items = 1) =>
    droppedItems.add(items, { signal, reason });
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
  metrics.setGlobalMeterProvider(meterProvider);
  logs.setGlobalLoggerProvider(
    new LoggerProvider({
      resource,
      logRecordLimits: limits.logRecord,
      processors: [createLogBufferProcessor(exporters.logs && records, activity)],
    }),
  );
  const warn = createRateLimitedWarn(config.serviceName);
  const flush = createFlush({
    spans,
    logs: records,
    collect: async () => {
      // A gauge's callback may hang; it must not take the other metrics with it for ever.
      const { resourceMetrics } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
      return renameMetrics(resourceMetrics, config.metricPrefix);
    },
    exporters,
    onDropped,
    warn,
  });
  return { extension, flush, activity, warn };
}
