import { writeSync } from 'node:fs';
import { type Context, context as contextApi, trace } from '@opentelemetry/api';
import { logs, SeverityNumber } from '@opentelemetry/api-logs';
import type { Log } from '../task/task-context.ts';
import { isAbandoned } from './attempt-state.ts';
import { REQUEST_ID } from './attributes.ts';
import { type Loggable, toLoggable } from './loggable.ts';
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

/**
 * The log of Leadline: for each record one JSON line on stdout, for CloudWatch, and one OTLP
 * record through OpenTelemetry's API. Nothing that is logged can make the caller fail.
 */
export function createLog(settings: LogSettings, binding: LogBinding = {}): BindableLog {
  const threshold = LEVELS[settings.level ?? 'info'].rank;
  const at =
    (level: LogLevel) => (message: string, attributes?: Readonly<Record<string, unknown>>) => {
      if (LEVELS[level].rank < threshold) return;
      try {
        writeRecord(settings, binding, level, message, attributes);
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

function writeRecord(
  { service, write = writeStdout }: LogSettings,
  binding: LogBinding,
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
  const body = String(message);
  const values = { ...toAttributes(binding.attributes), ...toAttributes(attributes) };

  const line: Record<string, Loggable> = {
    timestamp: new Date(now).toISOString(),
    level: text,
    message: body,
  };
  if (binding.requestId !== undefined) line['requestId'] = binding.requestId;
  if (span !== undefined) {
    line['trace_id'] = span.traceId;
    line['span_id'] = span.spanId;
  }
  line['service'] = service;
  for (const [key, value] of Object.entries(values)) {
    line[Object.hasOwn(line, key) ? `attributes.${key}` : key] = value;
  }
  try {
    write(`${JSON.stringify(line)}\n`);
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
    attributes: {
      ...(binding.requestId !== undefined && { [REQUEST_ID]: binding.requestId }),
      ...flatten(values),
    },
  });
}

/** Each source by itself: a getter that throws costs its own attribute and no other. */
function toAttributes(source: unknown): Record<string, Loggable> {
  const value = toLoggable(source ?? {});
  if (typeof value !== 'object' || Array.isArray(value)) return { attributes: value };
  return value as Record<string, Loggable>;
}

/** Backends store attributes as strings: a nested value is worth more as JSON than as a tree. */
function flatten(values: Record<string, Loggable>): Record<string, string | number | boolean> {
  const flat: Record<string, string | number | boolean> = {};
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
