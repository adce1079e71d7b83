export type Environment = Readonly<Record<string, string | undefined>>;
export type Signal = 'traces' | 'metrics' | 'logs';

/** Where one signal goes. */
export type ExportTarget =
  /** The standard OTEL_EXPORTER_OTLP_* variables, which the exporter reads by itself. */
  { kind: 'standard' } | { kind: 'oneuptime'; url: string; token: string } | { kind: 'none' };

/** Every setting of the telemetry, read once. What cannot be used becomes a warning, never an error. */
export interface TelemetryConfig {
  disabled: boolean;
  targets: Readonly<Record<Signal, ExportTarget>>;
  serviceName: string;
  traceMode: 'parent' | 'link';
  logLevel: 'debug' | 'info' | 'warn' | 'error';
  metricPrefix: string;
  propagators: readonly string[];
  /** What the resource is made of. */
  resource: ResourceFacts;
  warnings: readonly string[];
}

export interface ResourceFacts {
  functionName?: string;
  functionVersion?: string;
  logStream?: string;
  memoryMb?: number;
  region?: string;
  accountId?: string;
  serviceVersion?: string;
  environment?: string;
  /** OTEL_RESOURCE_ATTRIBUTES, decoded. */
  attributes: Readonly<Record<string, string>>;
}

const DEFAULT_ENDPOINT = 'https://oneuptime.com/otlp';
const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

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
  const targets = readTargets(env, warnings);
  if (!disabled && SIGNALS.every((signal) => targets[signal].kind === 'none')) {
    warnings.push(
      'Telemetry is not exported: set ONEUPTIME_TOKEN, or OTEL_EXPORTER_OTLP_ENDPOINT for another backend.',
    );
  }
  return {
    disabled,
    targets,
    serviceName,
    traceMode: choose(env, 'LEADLINE_TRACE_MODE', ['parent', 'link'], 'parent', warnings),
    logLevel: choose(env, 'LOG_LEVEL', ['info', 'debug', 'warn', 'error'], 'info', warnings),
    metricPrefix: env['METRIC_PREFIX'] ?? '',
    propagators: list(env['OTEL_PROPAGATORS'] || 'tracecontext,baggage'),
    resource: readResourceFacts(env, attributes),
    warnings,
  };
}

/** The standard variables win over OneUptime's, and the token never goes where they point. */
function readTargets(env: Environment, warnings: string[]): Record<Signal, ExportTarget> {
  const endpoint = readEndpoint(env, warnings);
  const token = env['ONEUPTIME_TOKEN'];
  const target = (signal: Signal): ExportTarget => {
    if (
      env['OTEL_EXPORTER_OTLP_ENDPOINT'] ||
      env[`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_ENDPOINT`]
    ) {
      return { kind: 'standard' };
    }
    if (!token || endpoint === undefined) return { kind: 'none' };
    return { kind: 'oneuptime', url: `${endpoint}/v1/${signal}`, token };
  };
  return { traces: target('traces'), metrics: target('metrics'), logs: target('logs') };
}

function readEndpoint(env: Environment, warnings: string[]): string | undefined {
  const value = env['ONEUPTIME_ENDPOINT'] || DEFAULT_ENDPOINT;
  if (URL.canParse(value) && /^https?:/.test(value)) return value.replace(/\/+$/, '');
  warnings.push(
    `ONEUPTIME_ENDPOINT is ${JSON.stringify(value)}, which is no http(s) URL; use e.g. ${DEFAULT_ENDPOINT}.`,
  );
  return undefined;
}

function readResourceFacts(env: Environment, attributes: Record<string, string>): ResourceFacts {
  const memoryMb = Number(env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE']);
  const accountId = /\/(\d{12})\//.exec(env['QUEUES'] ?? '')?.[1];
  const facts = {
    functionName: env['AWS_LAMBDA_FUNCTION_NAME'],
    functionVersion: env['AWS_LAMBDA_FUNCTION_VERSION'],
    logStream: env['AWS_LAMBDA_LOG_STREAM_NAME'],
    memoryMb: memoryMb > 0 ? memoryMb : undefined,
    region: env['AWS_REGION'],
    accountId,
    serviceVersion: env['APP_VERSION'],
    environment: env['ENVIRONMENT'],
  };
  const known = Object.entries(facts).filter(([, value]) => value !== undefined && value !== '');
  return { ...Object.fromEntries(known), attributes };
}

function choose<T extends string>(
  env: Environment,
  name: string,
  choices: readonly T[],
  fallback: T,
  warnings: string[],
): T {
  const value = env[name]?.trim().toLowerCase();
  if (!value) return fallback;
  const choice = choices.find((each) => each === value);
  if (choice === undefined) {
    warnings.push(
      `${name} is ${JSON.stringify(env[name])}; use ${choices.join(' or ')}. ${fallback} it is.`,
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

/** `key=value,key=value`, percent-encoded, as the specification of the resource SDK has it. */
function parseKeyValues(value: string | undefined, warnings: string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const pair of value?.split(',') ?? []) {
    const [key, rest] = [
      pair.slice(0, pair.indexOf('=')).trim(),
      pair.slice(pair.indexOf('=') + 1),
    ];
    if (pair.trim() === '') continue;
    try {
      if (!pair.includes('=') || key === '') throw new Error('no key');
      result[decodeURIComponent(key)] = decodeURIComponent(rest.trim().replace(/^"(.*)"$/, '$1'));
    } catch {
      warnings.push(
        `OTEL_RESOURCE_ATTRIBUTES: ${JSON.stringify(pair)} is not key=value and is left out.`,
      );
    }
  }
  return result;
}
