import { writeSync } from 'node:fs';
import { type Context, context as contextApi, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Log } from '../task/task-context.ts';
import { isAbandoned } from './attempt-state.ts';
import { REQUEST_ID } from './attributes.ts';
import { cutText, type Loggable, toLoggable } from './loggable.ts';
import { SCOPE_NAME, SCOPE_VERSION } from './scope.ts';

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

type Values = Record<string, Loggable>;
type FlatValues = Record<string, string | number | boolean>;

/**
 * What every record of one log has in common, made at its first record. A task's log writes three
 * or more records with the same bound attributes: converting them each time was a third of what a
 * record costs.
 */
interface Bound {
  values: Values;
  flat: FlatValues;
  /** Of the line: what stands between the message and the record's own attributes. */
  requestId: string;
  service: string;
  attributes: { withSpan: string; withoutSpan: string };
}

/**
 * The log of Leadline: for each record one JSON line on stdout, for CloudWatch, and one OTLP
 * record through OpenTelemetry's API. Nothing that is logged can make the caller fail.
 */
export function createLog(settings: LogSettings, binding: LogBinding = {}): BindableLog {
  const threshold = LEVELS[settings.level ?? 'info'].rank;
  let bound: Bound | undefined;
  const at =
    (level: LogLevel) => (message: string, attributes?: Readonly<Record<string, unknown>>) => {
      if (LEVELS[level].rank < threshold) return;
      try {
        bound ??= prepare(settings, binding);
        writeRecord(settings, binding, bound, level, message, attributes);
      } catch {
        // A log that cannot be written is no reason to fail a task.
      }
    };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    bind: (more) =>
      createLog(settings, {
        ...binding,
        ...more,
        attributes: { ...binding.attributes, ...more.attributes },
      }),
  };
}

function prepare({ service }: LogSettings, { requestId, attributes }: LogBinding): Bound {
  const values = toAttributes(attributes);
  const flat = flatten(values);
  const hasRequestId = requestId !== undefined;
  return {
    values,
    flat: hasRequestId ? { [REQUEST_ID]: requestId, ...flat } : flat,
    requestId: hasRequestId ? `,"requestId":${JSON.stringify(requestId)}` : '',
    service: `,"service":${JSON.stringify(service)}`,
    attributes: {
      withSpan: toFragment(values, hasRequestId, true),
      withoutSpan: toFragment(values, hasRequestId, false),
    },
  };
}

function writeRecord(
  { write = writeStdout }: LogSettings,
  binding: LogBinding,
  bound: Bound,
  level: LogLevel,
  message: string,
  attributes: Readonly<Record<string, unknown>> | undefined,
): void {
  const active = contextApi.active();
  if (isAbandoned(active) || (binding.context && isAbandoned(binding.context))) return;
  const context = trace.getSpanContext(active) ? active : (binding.context ?? active);
  const span = trace.getSpanContext(context);
  const { text, severity } = LEVELS[level];
  const now = Date.now();
  const body = cutText(String(message));
  const own = attributes === undefined ? undefined : toAttributes(attributes);

  const hasSpan = span !== undefined;
  const ids = hasSpan ? `,"trace_id":"${span.traceId}","span_id":"${span.spanId}"` : '';
  const rest = attributeFragment(bound, own, binding.requestId !== undefined, hasSpan);
  try {
    write(
      `{"timestamp":"${new Date(now).toISOString()}","level":"${text}","message":${JSON.stringify(body)}${bound.requestId}${ids}${bound.service}${rest}}\n`,
    );
  } catch {
    // A line that nobody takes is no reason to lose the record.
  }

  logs.getLogger(SCOPE_NAME, SCOPE_VERSION).emit({
    timestamp: now,
    observedTimestamp: now,
    severityNumber: severity,
    severityText: text,
    body,
    context,
    attributes: own === undefined ? bound.flat : { ...bound.flat, ...flatten(own) },
  });
}

/** The record's own attributes win over bound ones of the same name, in whose place they stand. */
function attributeFragment(
  { values, attributes }: Bound,
  own: Values | undefined,
  hasRequestId: boolean,
  hasSpan: boolean,
): string {
  const prepared = hasSpan ? attributes.withSpan : attributes.withoutSpan;
  if (own === undefined) return prepared;
  for (const key of Object.keys(own)) {
    if (Object.hasOwn(values, key)) {
      return toFragment({ ...values, ...own }, hasRequestId, hasSpan);
    }
  }
  return prepared + toFragment(own, hasRequestId, hasSpan);
}

const KEYS = new Set(['timestamp', 'level', 'message', 'service']);

/** `,"key":value` of each, ready for the line; the line's own keys are not overwritten. */
function toFragment(values: Values, hasRequestId: boolean, hasSpan: boolean): string {
  let fragment = '';
  for (const [key, value] of Object.entries(values)) {
    const taken =
      KEYS.has(key) ||
      (hasRequestId && key === 'requestId') ||
      (hasSpan && (key === 'trace_id' || key === 'span_id'));
    fragment += `,${JSON.stringify(taken ? `attributes.${key}` : key)}:${JSON.stringify(value)}`;
  }
  return fragment;
}

/** Each source by itself: a getter that throws costs its own attribute and no other. */
function toAttributes(source: unknown): Values {
  const value = toLoggable(source ?? {});
  if (typeof value !== 'object' || Array.isArray(value)) return { attributes: value };
  return value as Values;
}

/** Backends store attributes as strings: a nested value is worth more as JSON than as a tree. */
function flatten(values: Values): FlatValues {
  const flat: FlatValues = {};
  for (const [key, value] of Object.entries(values)) {
    if (value === null) continue;
    flat[key] = typeof value === 'object' ? JSON.stringify(value) : value;
  }
  return flat;
}

/** Milliseconds that a line waits for a reader of stdout that has stalled. */
const MAX_STALLS = 50;
const stall = new Int32Array(new SharedArrayBuffer(4));

/** One write a line, so that lines of records that run side by side never mix. */
function writeStdout(line: string): void {
  const bytes = Buffer.from(line);
  let written = 0;
  let stalls = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      // A full pipe: the reader needs a moment, and gets some. Anything else: nobody listens.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || stalls === MAX_STALLS) return;
      stalls += 1;
      Atomics.wait(stall, 0, 0, 1);
    }
  }
}
