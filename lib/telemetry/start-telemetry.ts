import { DiagConsoleLogger, diag } from '@opentelemetry/api';
import { diagLogLevelFromString } from '@opentelemetry/core';
import { type FlushMode, readTelemetryConfig, type TelemetryConfig } from './config.ts';
import { FLUSH_BOUND_MS } from './create-flush.ts';
import { createPropagator } from './create-propagator.ts';
import type { Compression, Signal } from './export-settings.ts';
import { createFlushControl, type FlushRequest } from './flush-control.ts';
import { type LambdaExtension, registerExtension } from './lambda-extension.ts';
import type { Environment } from './read-setting.ts';
import { registerContext } from './register-context.ts';
import { createShutdown, type ShutdownCallback } from './shutdown.ts';
import { type LastExport, startSdk } from './start-sdk.ts';
import type { Gauge } from './waiting-gauges.ts';
import { writeWarning } from './warn.ts';

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
  /** Takes gauges that were read elsewhere, each with its own time; they leave with the next flush. */
  addGauges(gauges: readonly Gauge[]): void;
  /** How the last request to the backend ended, of one signal or of all. @default there was none */
  lastExport(signal?: Signal): LastExport | undefined;
}

export interface TelemetryOptions {
  /**
   * When telemetry leaves: docs/telemetry.md, Export. LEADLINE_FLUSH wins.
   * @default 'after-response', which is 'before-response' wherever no extension can be registered
   */
  flush?: FlushMode;
  /** @default process.env; docs/architecture.md lists the variables */
  environment?: Environment;
  /**
   * `function`: what all instances send is one series, as it is for figures that are not the
   * instance's own. @default 'instance'
   */
  identity?: 'instance' | 'function';
  /** OTEL_EXPORTER_OTLP_COMPRESSION wins. @default 'none' */
  compression?: Compression;
}

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
      addGauges: () => {},
      lastExport: () => undefined,
    };
  }
  // The rest is made while Lambda answers: a cold start waited 4 ms for it.
  await registration.sent;
  const accountId = registration.extension.then((registered) => registered?.accountId);
  const { resource, ...sdk } = startSdk(config, { ...options, accountId });
  const extension = await registration.extension;
  await resource.waitForAsyncAttributes?.();
  const control = createFlushControl({ ...sdk, mode: wanted, extension });
  return {
    ...common,
    flushBeforeResponseMs:
      control.mode === 'before-response' && config.exporting ? FLUSH_BOUND_MS : 0,
    onShutdown: createShutdown((withinMs) => sdk.flush.flush(withinMs, true)),
    flush: control.flush,
    addGauges: sdk.addGauges,
    lastExport: sdk.lastExport,
  };
}

interface Registration {
  /** The request has left, or will not. */
  sent: Promise<unknown>;
  extension: Promise<LambdaExtension | undefined>;
}

/** Sent first: its answer arrives while everything else is set up. */
function startRegistration(
  { runtimeApi, disabled, exporting }: TelemetryConfig,
  wanted: FlushMode,
): Registration {
  const possible = !disabled && exporting && wanted !== 'before-response';
  if (runtimeApi === undefined || !possible) {
    return { sent: Promise.resolve(), extension: Promise.resolve(undefined) };
  }
  const { promise, resolve } = Promise.withResolvers<void>();
  const extension = registerExtension({ runtimeApi, onSent: resolve });
  return { sent: Promise.race([promise, extension]), extension };
}
