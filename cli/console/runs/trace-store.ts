import type { TraceSpan } from '../console-api.ts';
import type { FeedAttributes, FeedSpan } from '../telemetry-feed.ts';
import { createAgeMap } from './age-map.ts';
import { cutText, textSize } from './cut-text.ts';

/** A span as it is kept: what follows from other spans comes when it is asked for. */
export type StoredSpan = Omit<TraceSpan, 'leg' | 'taskId' | 'attempt'>;

export interface StoredTrace {
  readonly traceId: string;
  /** By id: what is sent again is there once. */
  readonly spans: Map<string, StoredSpan>;
  /** Of the spans. */
  bytes: number;
  dropped: number;
}

/** Spans by trace, bounded in number and in bytes: the oldest trace makes room for the newest. */
export interface TraceStore {
  add(span: FeedSpan): void;
  get(traceId: string): StoredTrace | undefined;
  size(): { traces: number; spans: number; bytes: number };
}

export interface TraceStoreOptions {
  /** In all traces. @default 50_000 */
  maxSpans?: number;
  /** In all traces, estimated. @default 64 MiB */
  maxBytes?: number;
}

const MAX_SPANS_OF_TRACE = 1_000;
/** The rest of the room is for what tells the legs apart: requests, sends and attempts. */
const MAX_INNER_SPANS = 900;
const MAX_EVENTS = 32;
const MAX_ATTRIBUTES = 64;
const MAX_TEXT = 2_048;
/** Of a span, a service, a key. */
const MAX_NAME = 256;
const MAX_STACK = 8_192;

export function createTraceStore(options: TraceStoreOptions = {}): TraceStore {
  const { maxSpans = 50_000, maxBytes = 64 * 1024 * 1024 } = options;
  const traces = createAgeMap<string, StoredTrace>();
  let spans = 0;
  let bytes = 0;

  const makeRoom = (newest: StoredTrace) => {
    while (spans > maxSpans || bytes > maxBytes) {
      const oldest = traces.oldest();
      if (oldest === undefined || oldest === newest) return;
      traces.delete(oldest.traceId);
      spans -= oldest.spans.size;
      bytes -= oldest.bytes;
    }
  };

  return {
    add(span) {
      let trace = traces.get(span.traceId);
      if (trace === undefined) {
        trace = { traceId: span.traceId, spans: new Map(), bytes: 0, dropped: 0 };
        traces.add(span.traceId, trace);
      }
      if (trace.spans.has(span.spanId)) return;
      const inner = span.kind === 'INTERNAL' || span.kind === 'CLIENT';
      if (trace.spans.size >= (inner ? MAX_INNER_SPANS : MAX_SPANS_OF_TRACE)) {
        trace.dropped += 1;
        return;
      }
      const stored = toStored(span);
      const size = sizeOf(stored);
      trace.spans.set(stored.spanId, stored);
      trace.bytes += size;
      spans += 1;
      bytes += size;
      makeRoom(trace);
    },
    get: traces.get,
    size: () => ({ traces: traces.size, spans, bytes }),
  };
}

function toStored(span: FeedSpan): StoredSpan {
  const { parentSpanId, status, resource } = span;
  const functionName = resource['faas.name'];
  return {
    spanId: span.spanId,
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: cutText(span.name, MAX_NAME),
    kind: KINDS[span.kind],
    service: cutText(String(resource['service.name'] ?? 'unknown'), MAX_NAME),
    ...(typeof functionName === 'string' && { functionName: cutText(functionName, MAX_NAME) }),
    startedAt: toMs(span.startTimeUnixNano),
    endedAt: toMs(span.endTimeUnixNano),
    status: STATUSES[status.code],
    ...(status.message && { statusMessage: cutText(status.message, MAX_TEXT) }),
    attributes: cutAttributes(span.attributes),
    events: span.events.slice(0, MAX_EVENTS).map(({ name, timeUnixNano, attributes }) => ({
      name: cutText(name, MAX_NAME),
      time: toMs(timeUnixNano),
      attributes: cutAttributes(attributes),
    })),
  };
}

const KINDS = {
  INTERNAL: 'internal',
  UNSPECIFIED: 'internal',
  SERVER: 'server',
  CLIENT: 'client',
  PRODUCER: 'producer',
  CONSUMER: 'consumer',
} as const;

const STATUSES = { UNSET: 'unset', OK: 'ok', ERROR: 'error' } as const;

/** To the microsecond, which is all that a double holds of today. */
export function toMs(unixNano: bigint): number {
  return Number(unixNano / 1_000n) / 1_000;
}

/** Without what a difference of two times of today has behind its microseconds. */
export function roundMs(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}

/** Anybody on this machine may send attributes of any length. */
export function cutAttributes(attributes: FeedAttributes): FeedAttributes {
  const cut: FeedAttributes = {};
  let count = 0;
  for (const name in attributes) {
    count += 1;
    if (count > MAX_ATTRIBUTES) break;
    const value = attributes[name];
    if (value === undefined) continue;
    const key = cutText(name, MAX_NAME);
    if (typeof value === 'string') {
      cut[key] = cutText(value, name === 'exception.stacktrace' ? MAX_STACK : MAX_TEXT, '…');
    } else if (typeof value === 'object' && value !== null) {
      const json = JSON.stringify(value);
      cut[key] = json.length > MAX_TEXT ? cutText(json, MAX_TEXT, '…') : value;
    } else {
      cut[key] = value;
    }
  }
  return cut;
}

/** What it takes in memory, about. */
function sizeOf(span: StoredSpan): number {
  const { name, service, functionName = '', statusMessage = '', attributes, events } = span;
  const texts = [name, service, functionName, statusMessage];
  return events.reduce(
    (bytes, event) => bytes + 128 + textSize(event.name) + attributesSize(event.attributes),
    texts.reduce((bytes, text) => bytes + textSize(text), 512 + attributesSize(attributes)),
  );
}

/** A slot and a header a value, and its key, which most spans share. */
export function attributesSize(attributes: FeedAttributes): number {
  let bytes = 0;
  for (const key in attributes) {
    const value = attributes[key];
    bytes += key.length;
    if (typeof value === 'string') bytes += textSize(value);
    else if (typeof value === 'object') bytes += 48 + JSON.stringify(value).length * 2;
    else bytes += 32;
  }
  return bytes;
}
