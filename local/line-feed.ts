import type { FeedArrival, FeedAttributes, TelemetryFeed } from '../cli/console/telemetry-feed.ts';
import type { InvocationReport } from './lambda/invocation-report.ts';
import type { TelemetryStore } from './otlp/telemetry-store.ts';
import { type LogLine, parseLogLine } from './parse-log-line.ts';

/** The telemetry that arrives, and before it the lines that tell of an attempt. */
export interface LineFeed extends TelemetryFeed {
  /** Takes a line of a function's output. */
  tell(line: string): void;
  /** Takes the end of an invocation: what a process had begun when it died, nobody else tells of. */
  tellEnd(report: Pick<InvocationReport, 'requestId' | 'status'>): void;
}

/**
 * Telemetry goes out when an invocation is over, or later: a task that runs for long would not be
 * seen to run. Its line is on the function's output at once.
 */
export function createLineFeed(telemetry: Pick<TelemetryStore, 'subscribe'>): LineFeed {
  const listeners = new Set<(arrival: FeedArrival) => void>();
  /** Lines of attempts that have begun, by invocation. */
  const begun = new Map<string, LogLine[]>();
  const publish = (line: LogLine) => {
    for (const listener of listeners) listener({ signal: 'lines', records: [toLog(line)] });
  };
  const note = (line: LogLine) => {
    const requestId = String(line['requestId']);
    if (line.message === 'task starting') {
      begun.set(requestId, [...(begun.get(requestId) ?? []), line]);
    } else {
      const others = begun.get(requestId)?.filter((each) => !isSameAttempt(each, line)) ?? [];
      if (others.length > 0) begun.set(requestId, others);
      else begun.delete(requestId);
    }
  };
  return {
    tell(line) {
      if (!line.includes('"task.id"')) return;
      const record = parseLogLine(line);
      if (record === undefined || !isNews(record)) return;
      note(record);
      publish(record);
    },
    tellEnd({ requestId, status }) {
      const lines = begun.get(requestId) ?? [];
      begun.delete(requestId);
      if (status !== 'exit' && status !== 'timeout') return;
      const timestamp = new Date().toISOString();
      for (const line of lines) publish({ ...line, message: 'task unfinished', timestamp });
    },
    subscribe(listener) {
      const unsubscribe = telemetry.subscribe(listener);
      listeners.add(listener);
      return () => {
        unsubscribe();
        listeners.delete(listener);
      };
    },
  };
}

function isSameAttempt(line: LogLine, other: LogLine): boolean {
  return ['task.id', 'task.attempt'].every((key) => line[key] === other[key]);
}

/** A task may write `task completed`, too: the worker's line has what the worker alone knows. */
function isNews(line: LogLine): boolean {
  if (line['task.attempt'] === undefined) return false;
  if (line.message === 'task starting') return true;
  const key = OWN_KEYS.get(line.message);
  return key !== undefined && line[key] !== undefined;
}

const OWN_KEYS = new Map([
  ['task completed', 'duration_ms'],
  ['task failed', 'error.type'],
  ['task retrying', 'delay_seconds'],
  ['task dead', 'error.type'],
]);

function toLog(line: LogLine) {
  const { timestamp, message, trace_id: traceId, span_id: spanId, level: _, ...attributes } = line;
  const at = Date.parse(String(timestamp)) || Date.now();
  return {
    timeUnixNano: BigInt(at) * 1_000_000n,
    severityNumber: 0,
    body: message,
    attributes: attributes as FeedAttributes,
    ...(typeof traceId === 'string' && { traceId }),
    ...(typeof spanId === 'string' && { spanId }),
  };
}
