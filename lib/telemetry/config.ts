import {
  type ExportSettings,
  readExportSettings,
  SIGNALS,
  type Signal,
} from './export-settings.ts';
import { type LimitSettings, readLimitSettings } from './limit-settings.ts';
import { type Environment, parseKeyValues, readChoice } from './read-setting.ts';
import { type ResourceFacts, readResourceFacts } from './resource-facts.ts';
import { readSamplerSettings, type SamplerSettings } from './sampler-settings.ts';

/** How telemetry leaves: docs/telemetry.md, Export. */
export type FlushMode = 'after-response' | 'adaptive' | 'before-response';

/** Where OneUptime's token is read from. */
export type TokenSource =
  | { kind: 'value'; token: string }
  | { kind: 'parameter'; name: string }
  | { kind: 'secret'; arn: string };

/** Every setting of the telemetry, read once. What cannot be used becomes a warning, never an error. */
export interface TelemetryConfig {
  disabled: boolean;
  exports: Readonly<Record<Signal, ExportSettings>>;
  /** Whether any signal has a target. */
  exporting: boolean;
  token?: TokenSource;
  /** LEADLINE_FLUSH. */
  flushMode?: FlushMode;
  /** AWS_LAMBDA_RUNTIME_API, where this instance can register an extension. */
  runtimeApi?: string;
  /** OTEL_LOG_LEVEL. */
  diagLevel?: string;
  sampler: SamplerSettings;
  limits: LimitSettings;
  serviceName: string;
  traceMode: 'parent' | 'link';
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  metricPrefix: string;
  propagators: readonly string[];
  /** What the resource is made of. */
  resource: ResourceFacts;
  warnings: readonly string[];
}

const FLUSH_MODES: readonly FlushMode[] = ['after-response', 'adaptive', 'before-response'];
const DIAG_LEVELS = ['none', 'error', 'warn', 'info', 'debug', 'verbose', 'all'] as const;

/**
 * Reads the environment contract (docs/architecture.md). The only place in lib/ that does: what
 * OpenTelemetry's packages would read of it by themselves is handed to them.
 */
export function readTelemetryConfig(env: Environment = process.env): TelemetryConfig {
  const warnings: string[] = [];
  const attributes = parseKeyValues(env['OTEL_RESOURCE_ATTRIBUTES'], (pair) =>
    warnings.push(
      `OTEL_RESOURCE_ATTRIBUTES: ${JSON.stringify(pair)} is not key=value and is left out.`,
    ),
  );
  const serviceName =
    env['OTEL_SERVICE_NAME'] ||
    env['SERVICE_NAME'] ||
    attributes['service.name'] ||
    env['AWS_LAMBDA_FUNCTION_NAME'] ||
    'leadline';
  const disabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  const token = readTokenSource(env);
  const before = warnings.length;
  const exports = readExportSettings(env, token !== undefined, warnings);
  const exporting = SIGNALS.some((signal) => exports[signal].target.kind !== 'none');
  // A bad endpoint has its own warning, and one is enough.
  if (!disabled && !exporting && warnings.length === before) {
    warnings.push(
      'Telemetry is not exported: set ONEUPTIME_TOKEN, or OTEL_EXPORTER_OTLP_ENDPOINT for another backend.',
    );
  }
  const flushMode = readChoice(env, 'LEADLINE_FLUSH', FLUSH_MODES, undefined, warnings);
  const diagLevel = readChoice(env, 'OTEL_LOG_LEVEL', DIAG_LEVELS, undefined, warnings);
  const runtimeApi = readRuntimeApi(env);
  return {
    disabled,
    exports,
    exporting,
    ...(token && { token }),
    ...(flushMode && { flushMode }),
    ...(runtimeApi && { runtimeApi }),
    ...(diagLevel && { diagLevel }),
    sampler: readSamplerSettings(env, warnings),
    limits: readLimitSettings(env, warnings),
    serviceName,
    traceMode: readChoice(env, 'LEADLINE_TRACE_MODE', ['parent', 'link'], 'parent', warnings),
    logLevel: readChoice(env, 'LOG_LEVEL', ['info', 'debug', 'warn', 'error'], 'info', warnings),
    metricPrefix: env['METRIC_PREFIX'] ?? '',
    propagators: list(env['OTEL_PROPAGATORS'] || 'tracecontext,baggage'),
    resource: readResourceFacts(env, attributes),
    warnings,
  };
}

/** Managed instances run several invocations at once, which the extension's turns do not allow for. */
function readRuntimeApi(env: Environment): string | undefined {
  const managed = env['AWS_LAMBDA_INITIALIZATION_TYPE'] === 'lambda-managed-instances';
  return managed ? undefined : env['AWS_LAMBDA_RUNTIME_API'];
}

function readTokenSource(env: Environment): TokenSource | undefined {
  const { ONEUPTIME_TOKEN, ONEUPTIME_TOKEN_PARAMETER, ONEUPTIME_TOKEN_SECRET_ARN } = env;
  if (ONEUPTIME_TOKEN) return { kind: 'value', token: ONEUPTIME_TOKEN };
  if (ONEUPTIME_TOKEN_PARAMETER) return { kind: 'parameter', name: ONEUPTIME_TOKEN_PARAMETER };
  return ONEUPTIME_TOKEN_SECRET_ARN
    ? { kind: 'secret', arn: ONEUPTIME_TOKEN_SECRET_ARN }
    : undefined;
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
}
