import { parseKeyValues, type ResourceFacts, readResourceFacts } from './resource-facts.ts';

export type Environment = Readonly<Record<string, string | undefined>>;
export type Signal = 'traces' | 'metrics' | 'logs';

/** Where one signal goes. */
export type ExportTarget =
  /** The standard OTEL_EXPORTER_OTLP_* variables, which the exporter reads by itself. */
  { kind: 'standard' } | { kind: 'oneuptime'; url: string } | { kind: 'none' };

/** How telemetry leaves: docs/telemetry.md, Export. */
export type FlushMode = 'after-response' | 'adaptive' | 'before-response';

/** Where OneUptime's token is read from. */
export type TokenSource =
  | { kind: 'value'; token: string }
  | { kind: 'parameter'; name: string }
  | { kind: 'secret'; arn: string };

/** How one signal is sent. */
export interface ExportSettings {
  target: ExportTarget;
  protocol: 'http/json' | 'http/protobuf';
  /** Of one attempt, in milliseconds. */
  timeoutMs: number;
  /** As the standard variables have it. @default what `startTelemetry` was asked for */
  compression?: Compression;
}

export type Compression = 'gzip' | 'none';

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
  serviceName: string;
  traceMode: 'parent' | 'link';
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  metricPrefix: string;
  propagators: readonly string[];
  /** What the resource is made of. */
  resource: ResourceFacts;
  warnings: readonly string[];
}

const DEFAULT_ENDPOINT = 'https://oneuptime.com/otlp';
const COMPRESSIONS: readonly Compression[] = ['gzip', 'none'];
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** An attempt to export takes no longer, whatever the standard variables say. */
const MAX_TIMEOUT_MS = 2_000;

/** Reads the environment contract (docs/architecture.md). The only place in lib/ that does. */
export function readTelemetryConfig(env: Environment = process.env): TelemetryConfig {
  const warnings: string[] = [];
  const attributes = parseKeyValues(env['OTEL_RESOURCE_ATTRIBUTES'], warnings);
  const serviceName =
    env['OTEL_SERVICE_NAME'] ||
    env['SERVICE_NAME'] ||
    attributes['service.name'] ||
    env['AWS_LAMBDA_FUNCTION_NAME'] ||
    'leadline';
  const disabled = env['OTEL_SDK_DISABLED']?.trim().toLowerCase() === 'true';
  const token = readTokenSource(env);
  const exports = readExports(env, token, warnings);
  const exporting = SIGNALS.some((signal) => exports[signal].target.kind !== 'none');
  if (!disabled && !exporting) {
    warnings.push(
      'Telemetry is not exported: set ONEUPTIME_TOKEN, or OTEL_EXPORTER_OTLP_ENDPOINT for another backend.',
    );
  }
  const flushMode = choose(env, 'LEADLINE_FLUSH', FLUSH_MODES, undefined, warnings);
  const runtimeApi = readRuntimeApi(env);
  return {
    disabled,
    exports,
    exporting,
    ...(token && { token }),
    ...(flushMode && { flushMode }),
    ...(runtimeApi && { runtimeApi }),
    ...(env['OTEL_LOG_LEVEL'] && { diagLevel: env['OTEL_LOG_LEVEL'] }),
    serviceName,
    traceMode: choose(env, 'LEADLINE_TRACE_MODE', ['parent', 'link'], 'parent', warnings),
    logLevel: choose(env, 'LOG_LEVEL', ['info', 'debug', 'warn', 'error'], 'info', warnings),
    metricPrefix: env['METRIC_PREFIX'] ?? '',
    propagators: list(env['OTEL_PROPAGATORS'] || 'tracecontext,baggage'),
    resource: readResourceFacts(env, attributes),
    warnings,
  };
}

const FLUSH_MODES: readonly FlushMode[] = ['after-response', 'adaptive', 'before-response'];

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

/** The standard variables win over OneUptime's, and the token never goes where they point. */
function readExports(
  env: Environment,
  token: TokenSource | undefined,
  warnings: string[],
): Record<Signal, ExportSettings> {
  const endpoint = readEndpoint(env, warnings);
  const standard = (signal: Signal, name: string) =>
    env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`] || env[`OTEL_EXPORTER_OTLP_${name}`];
  const target = (signal: Signal): ExportTarget => {
    if (standard(signal, 'ENDPOINT')) return { kind: 'standard' };
    if (token === undefined || endpoint === undefined) return { kind: 'none' };
    return { kind: 'oneuptime', url: `${endpoint}/v1/${signal}` };
  };
  const settings = (signal: Signal): ExportSettings => {
    const timeout = Number(standard(signal, 'TIMEOUT'));
    const compression = COMPRESSIONS.find((each) => each === standard(signal, 'COMPRESSION'));
    return {
      target: target(signal),
      protocol: readProtocol(standard(signal, 'PROTOCOL'), warnings),
      timeoutMs: timeout > 0 ? Math.min(timeout, MAX_TIMEOUT_MS) : MAX_TIMEOUT_MS,
      ...(compression && { compression }),
    };
  };
  return { traces: settings('traces'), metrics: settings('metrics'), logs: settings('logs') };
}

function readProtocol(value: string | undefined, warnings: string[]): ExportSettings['protocol'] {
  if (value === undefined || value === 'http/json' || value === 'http/protobuf') {
    return value ?? 'http/json';
  }
  const warning = `OTEL_EXPORTER_OTLP_PROTOCOL is ${JSON.stringify(value)}; http/json is used. Use http/json or http/protobuf.`;
  if (!warnings.includes(warning)) warnings.push(warning);
  return 'http/json';
}

function readEndpoint(env: Environment, warnings: string[]): string | undefined {
  const value = env['ONEUPTIME_ENDPOINT'] || DEFAULT_ENDPOINT;
  if (URL.canParse(value) && /^https?:/.test(value)) return value.replace(/\/+$/, '');
  warnings.push(
    `ONEUPTIME_ENDPOINT is ${JSON.stringify(value)}, which is no http(s) URL; use e.g. ${DEFAULT_ENDPOINT}.`,
  );
  return undefined;
}

function choose<T extends string, Fallback extends T | undefined>(
  env: Environment,
  name: string,
  choices: readonly T[],
  fallback: Fallback,
  warnings: string[],
): T | Fallback {
  const value = env[name]?.trim().toLowerCase();
  if (!value) return fallback;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    warnings.push(
      `${name} is ${JSON.stringify(env[name])}; use ${choices.join(' or ')}. The default is used.`,
    );
  }
  return choice ?? fallback;
}

function list(value: string): string[] {
  return value
    .split(',')
    .map((each) => each.trim().toLowerCase())
    .filter((each) => each !== '');
}
