import { type Environment, parseKeyValues, readChoice } from './read-setting.ts';

export type Signal = 'traces' | 'metrics' | 'logs';
export const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs'];

/** Where one signal goes. */
export type ExportTarget =
  /** Where the standard variables say, with their headers and never with OneUptime's token. */
  | { kind: 'standard'; url: string; headers: Readonly<Record<string, string>> }
  | { kind: 'oneuptime'; url: string }
  | { kind: 'none' };

export type Compression = 'gzip' | 'none';
const COMPRESSIONS: readonly Compression[] = ['none', 'gzip'];

/** How one signal is sent. */
export interface ExportSettings {
  target: ExportTarget;
  protocol: 'http/json' | 'http/protobuf';
  /** As the standard variables have it. @default what `startTelemetry` was asked for */
  compression?: Compression;
  /** Of one attempt, in milliseconds. */
  timeoutMs: number;
}

const DEFAULT_ENDPOINT = 'https://oneuptime.com/otlp';
/** An attempt to export takes no longer, whatever the standard variables say. */
const MAX_TIMEOUT_MS = 2_000;

/**
 * The standard variables win over OneUptime's. A bad value is one warning, whatever the number of
 * signals that read it; a bad endpoint is no target.
 */
export function readExportSettings(
  env: Environment,
  hasToken: boolean,
  warnings: string[],
): Record<Signal, ExportSettings> {
  const own = (signal: Signal, name: string) => variableOf(env, signal, name);
  const found: string[] = [];
  const oneuptime = readOneUptimeEndpoint(env, found);
  const target = (signal: Signal): ExportTarget => {
    const variable = own(signal, 'ENDPOINT');
    if (env[variable]) {
      const url = readStandardUrl(env, variable, signal, found);
      return url === undefined
        ? { kind: 'none' }
        : { kind: 'standard', url, headers: readHeaders(env, signal, found) };
    }
    if (!hasToken || oneuptime === undefined) return { kind: 'none' };
    return { kind: 'oneuptime', url: `${oneuptime}/v1/${signal}` };
  };
  const settings = (signal: Signal): ExportSettings => {
    const protocol = own(signal, 'PROTOCOL');
    const compression = readChoice(env, own(signal, 'COMPRESSION'), COMPRESSIONS, undefined, found);
    const timeout = Number(env[own(signal, 'TIMEOUT')]);
    return {
      target: target(signal),
      protocol: readChoice(env, protocol, ['http/json', 'http/protobuf'], 'http/json', found),
      ...(compression && { compression }),
      timeoutMs: timeout > 0 ? Math.min(timeout, MAX_TIMEOUT_MS) : MAX_TIMEOUT_MS,
    };
  };
  const exports = {
    traces: settings('traces'),
    metrics: settings('metrics'),
    logs: settings('logs'),
  };
  warnings.push(...new Set(found));
  return exports;
}

/** The signal's own variable where it is set, else the one of all signals. */
function variableOf(env: Environment, signal: Signal, name: string): string {
  const own = `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${name}`;
  return env[own] ? own : `OTEL_EXPORTER_OTLP_${name}`;
}

/** The endpoint of all signals is a base, and a signal's own is used as it is (specification). */
function readStandardUrl(
  env: Environment,
  variable: string,
  signal: Signal,
  warnings: string[],
): string | undefined {
  const value = (env[variable] ?? '').trim();
  if (!isHttpUrl(value)) {
    warnings.push(
      `${variable} is ${shown(value)}, which is no http(s) URL; use e.g. http://localhost:4318. What goes there is not exported.`,
    );
    return undefined;
  }
  const isBase = variable === 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return isBase ? `${withoutSlashes(value)}/v1/${signal}` : new URL(value).href;
}

function readOneUptimeEndpoint(env: Environment, warnings: string[]): string | undefined {
  const value = env['ONEUPTIME_ENDPOINT'] || DEFAULT_ENDPOINT;
  if (isHttpUrl(value)) return withoutSlashes(value);
  warnings.push(
    `ONEUPTIME_ENDPOINT is ${shown(value)}, which is no http(s) URL; use e.g. ${DEFAULT_ENDPOINT}.`,
  );
  return undefined;
}

/** Without what stands before an @, which may be a password. */
function shown(endpoint: string): string {
  return JSON.stringify(endpoint.slice(endpoint.lastIndexOf('@') + 1));
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:/i.test(value);
}

function withoutSlashes(url: string): string {
  return url.replace(/\/+$/, '');
}

/** What Node takes as a header: one that it refuses would fail every export. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Those of all signals, and over them the signal's own. No value is shown: they are credentials. */
function readHeaders(env: Environment, signal: Signal, warnings: string[]): Record<string, string> {
  const read = (variable: string) => {
    const bad = () =>
      warnings.push(
        `${variable} has an entry that is no header and is left out; use name=value,name=value, percent-encoded.`,
      );
    const entries = Object.entries(parseKeyValues(env[variable], bad));
    const good = entries.filter(([name, value]) => {
      const fits = HEADER_NAME.test(name) && HEADER_VALUE.test(value);
      if (!fits) bad();
      return fits;
    });
    return good.map(([name, value]) => [name.toLowerCase(), value] as const);
  };
  return Object.fromEntries([
    ...read('OTEL_EXPORTER_OTLP_HEADERS'),
    ...read(`OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_HEADERS`),
  ]);
}
