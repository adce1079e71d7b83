import type { FeedArrival, FeedAttributes, TelemetryFeed } from '../cli/console/telemetry-feed.ts';
import type { TelemetryStore } from './otlp/telemetry-store.ts';
import { type LogLine, parseLogLine } from './parse-log-line.ts';

/** The telemetry that arrives, and before it the lines that tell of an attempt. */
export interface LineFeed extends TelemetryFeed {
  /** Takes a line of a function's output. */
  tell(line: string): void;
}

/**
 * Telemetry goes out when an invocation is over, or later: a task that runs for long would not be
 * seen to run. Its line is on the function's output at once.
 */
export function createLineFeed(telemetry: Pick<TelemetryStore, 'subscribe'>): LineFeed {
  const listeners = new Set<(arrival: FeedArrival) => void>();
  return {
    tell(line) {
      if (!line.includes('"task.id"')) return;
      const record = parseLogLine(line);
      if (record === undefined || !isNews(record)) return;
      for (const listener of listeners) listener({ signal: 'lines', records: [toLog(record)] });
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
