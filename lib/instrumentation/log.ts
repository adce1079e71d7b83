import { type Context, context as contextApi, type SpanContext, trace } from '@opentelemetry/api';
import { type Logger, type LogRecord, logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Log } from '../task/task-context.ts';
import { isAbandoned } from './attempt-state.ts';
import { REQUEST_ID } from './attributes.ts';
import { type BoundLine, bindLine, type Values } from './log-line.ts';
import { cutText, toLoggable } from './loggable.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';
import { writeStdout } from './write-stdout.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export interface LogSettings {
  /** `service` of every line. */
  service: string;
  /** Less severe records are dropped. @default 'info' */
  level?: LogLevel;
  /** Takes one line with its newline. @default one synchronous write to stdout */
  write?: (line: string) => void;
}

/** What a log says of where it is; a bound value stands in every record. */
export interface LogBinding {
  requestId?: string;
  attributes?: Readonly<Record<string, unknown>>;
  /** The context to take the trace from when no span is active. */
  context?: Context;
}

export interface BindableLog extends Log {
  bind(binding: LogBinding): BindableLog;
}

const LEVELS = {
  debug: { rank: 0, text: 'DEBUG', severity: SeverityNumber.DEBUG },
  info: { rank: 1, text: 'INFO', severity: SeverityNumber.INFO },
  warn: { rank: 2, text: 'WARN', severity: SeverityNumber.WARN },
  error: { rank: 3, text: 'ERROR', severity: SeverityNumber.ERROR },
} as const;

type FlatValues = Record<string, string | number | boolean>;

/**
 * What every record of one log has in common, made at its first record: a task's log writes three
 * or more with the same attributes, and converting them for each made 5 KB of garbage a message.
 */
interface Bound {
  line: BoundLine;
  flat: FlatValues;
}

/**
 * The log of Leadline: for each record one JSON line on stdout, for CloudWatch, and one OTLP
 * record through OpenTelemetry's API. Nothing that is logged can make the caller fail.
 */
export function createLog(settings: LogSettings): BindableLog {
  let logger: Logger | undefined;
  return bindLog(settings, {}, () => {
    // Not before the first record: a provider that throws must not fail who makes a log.
    logger ??= logs.getLogger(SCOPE_NAME, SCOPE_VERSION);
    return logger;
  });
}

interface LogState {
  readonly settings: LogSettings;
  readonly binding: LogBinding;
  readonly logger: () => Logger;
  bound?: Bound;
}

function bindLog(settings: LogSettings, binding: LogBinding, logger: () => Logger): BindableLog {
  const state: LogState = { settings, binding, logger };
  return {
    debug: (message, attributes) => record(state, 'debug', message, attributes),
    info: (message, attributes) => record(state, 'info', message, attributes),
    warn: (message, attributes) => record(state, 'warn', message, attributes),
    error: (message, attributes) => record(state, 'error', message, attributes),
    bind: (more) =>
      bindLog(
        settings,
        { ...binding, ...more, attributes: { ...binding.attributes, ...more.attributes } },
        logger,
      ),
  };
}

function record(
  state: LogState,
  level: LogLevel,
  message: string,
  attributes: Readonly<Record<string, unknown>> | undefined,
): void {
  const { settings, binding, logger } = state;
  if (LEVELS[level].rank < LEVELS[settings.level ?? 'info'].rank) return;
  try {
    state.bound ??= prepare(settings, binding);
    const written = writeLine(settings, binding, state.bound, level, message, attributes);
    if (written !== undefined) logger().emit(written);
  } catch {
    // A log that cannot be written is no reason to fail a task.
  }
}

function prepare({ service }: LogSettings, { requestId, attributes }: LogBinding): Bound {
  const values = toAttributes(attributes);
  const flat = flatten(values);
  return {
    line: bindLine(service, requestId, values),
    flat: requestId === undefined ? flat : { [REQUEST_ID]: requestId, ...flat },
  };
}

/** @returns the same as an OTLP record; nothing where the attempt that logs was given up. */
function writeLine(
  { write = writeStdout }: LogSettings,
  binding: LogBinding,
  bound: Bound,
  level: LogLevel,
  message: string,
  attributes: Readonly<Record<string, unknown>> | undefined,
): LogRecord | undefined {
  const active = contextApi.active();
  if (isAbandoned(active) || (binding.context && isAbandoned(binding.context))) return undefined;
  const activeSpan = validSpan(active);
  const context = activeSpan === undefined ? (binding.context ?? active) : active;
  const span = activeSpan ?? validSpan(context);
  const { text, severity } = LEVELS[level];
  const now = Date.now();
  const body = cutText(String(message));
  const own = attributes === undefined ? undefined : toAttributes(attributes);

  try {
    write(bound.line({ timeMs: now, level: text, message: body, span, attributes: own }));
  } catch {
    // A line that nobody takes is no reason to lose the record.
  }
  return {
    timestamp: now,
    observedTimestamp: now,
    severityNumber: severity,
    severityText: text,
    body,
    context,
    attributes: own === undefined ? bound.flat : { ...bound.flat, ...flatten(own) },
  };
}

/** Without an SDK there are spans whose ids are zeros. */
function validSpan(context: Context): SpanContext | undefined {
  const span = trace.getSpanContext(context);
  return span !== undefined && trace.isSpanContextValid(span) ? span : undefined;
}

/** Each source by itself: a getter that throws costs its own attribute and no other. */
function toAttributes(source: unknown): Values {
  // A `toJSON` may say null.
  const value = toLoggable(source ?? {}) ?? {};
  if (typeof value !== 'object' || Array.isArray(value)) return { attributes: value };
  return value as Values;
}

/** Backends store attributes as strings: a nested value is worth more as JSON than as a tree. */
function flatten(values: Values): FlatValues {
  if (isFlat(values)) return values;
  const flat: FlatValues = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === null) continue;
    flat[key] = typeof value === 'object' ? JSON.stringify(value) : value;
  }
  return flat;
}

function isFlat(values: Values): values is FlatValues {
  for (const key in values) {
    if (typeof values[key] === 'object') return false;
  }
  return true;
}
