import type { AttributeJson } from './console-api.ts';

/** What the console reads of a span that arrived over OTLP. */
export interface FeedSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind: 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  attributes: FeedAttributes;
  events: readonly { name: string; timeUnixNano: bigint; attributes: FeedAttributes }[];
  status: { code: 'UNSET' | 'OK' | 'ERROR'; message?: string };
  resource: FeedAttributes;
}

/** What it reads of a log record. */
export interface FeedLog {
  timeUnixNano: bigint;
  severityNumber: number;
  body: AttributeJson;
  attributes: FeedAttributes;
  traceId?: string;
  spanId?: string;
  flags?: number;
}

export type FeedAttributes = Record<string, AttributeJson>;

/** What one export request brought. Metrics are not looked at: spans and logs have the same, by run. */
export type FeedArrival =
  | { signal: 'spans'; records: readonly FeedSpan[] }
  | { signal: 'logs'; records: readonly FeedLog[] }
  /** The worker's own lines as it writes them: their log records and spans come later, too. */
  | { signal: 'lines'; records: readonly FeedLog[] }
  | { signal: 'points'; records: readonly unknown[] };

export interface TelemetryFeed {
  /** Calls the listener at every arrival until the returned function is called. */
  subscribe(listener: (arrival: FeedArrival) => void): () => void;
}
