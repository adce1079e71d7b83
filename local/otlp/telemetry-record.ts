/**
 * An attribute's value. An int64 is a number when that is exact, else a string of digits; bytes
 * are base64; an empty value is null.
 */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | AttributeValue[]
  | { [key: string]: AttributeValue };

export type Attributes = Record<string, AttributeValue>;

export interface Scope {
  name: string;
  version?: string;
}

export type SpanKind = 'INTERNAL' | 'SERVER' | 'CLIENT' | 'PRODUCER' | 'CONSUMER' | 'UNSPECIFIED';

/** Ids are lower-case hexadecimal. */
export interface ReceivedSpan {
  traceId: string;
  spanId: string;
  /** Absent on a root span. */
  parentSpanId?: string;
  name: string;
  kind: SpanKind;
  startTimeUnixNano: bigint;
  endTimeUnixNano: bigint;
  durationMs: number;
  attributes: Attributes;
  events: SpanEvent[];
  links: SpanLink[];
  status: { code: 'UNSET' | 'OK' | 'ERROR'; message?: string };
  traceState?: string;
  flags?: number;
  resource: Attributes;
  scope: Scope;
}

export interface SpanEvent {
  name: string;
  timeUnixNano: bigint;
  attributes: Attributes;
}

export interface SpanLink {
  traceId: string;
  spanId: string;
  attributes: Attributes;
}

export type PointType = 'sum' | 'gauge' | 'histogram' | 'exponentialHistogram' | 'summary';

/** One data point of one metric. */
export interface ReceivedPoint {
  metric: string;
  unit: string;
  description: string;
  type: PointType;
  temporality?: 'DELTA' | 'CUMULATIVE';
  /** Sums only. */
  monotonic?: boolean;
  attributes: Attributes;
  resource: Attributes;
  scope: Scope;
  startTimeUnixNano?: bigint;
  timeUnixNano: bigint;
  /** Sums and gauges; absent when the sender recorded none. */
  value?: number;
  /** Histograms and summaries, as `sum`. */
  count?: number;
  sum?: number;
  min?: number;
  max?: number;
  /** Histograms with explicit bounds: one count more than there are boundaries. */
  buckets?: { boundaries: number[]; counts: number[] };
  exponentialBuckets?: ExponentialBuckets;
  /** Summaries. */
  quantiles?: { quantile: number; value: number }[];
}

/** Bucket `i` holds values in (base^(offset+i), base^(offset+i+1)], base = 2^(2^-scale). */
export interface ExponentialBuckets {
  scale: number;
  zeroCount: number;
  positive: { offset: number; counts: number[] };
  negative: { offset: number; counts: number[] };
}

export interface ReceivedLog {
  timeUnixNano: bigint;
  observedTimeUnixNano?: bigint;
  /** 9-12 information, 13-16 warning, 17-20 error, 21-24 fatal; 0 when not set. */
  severityNumber: number;
  severityText?: string;
  body: AttributeValue;
  attributes: Attributes;
  eventName?: string;
  traceId?: string;
  spanId?: string;
  flags?: number;
  resource: Attributes;
  scope: Scope;
}

/** What one export request brought. */
export type Arrival =
  | { signal: 'spans'; records: ReceivedSpan[] }
  | { signal: 'points'; records: ReceivedPoint[] }
  | { signal: 'logs'; records: ReceivedLog[] };
