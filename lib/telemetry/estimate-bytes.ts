import type { Attributes } from '@opentelemetry/api';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

/** OTLP/JSON around an attribute's key and value, and around a number. */
const ATTRIBUTE = 36;
const NUMBER = 12;
const SPAN = 420;
const LINK = 140;
const EVENT = 90;
const LOG_RECORD = 300;

/**
 * How deep values of an item may hold others, and how many in all. Readers of protobuf refuse more
 * than 100 messages one in another, and a level takes three. So many values are over the 1 MB that
 * a backend takes, at the least of 15 bytes each. Without a bound 22 levels of two references to
 * the next one, which are nothing in memory, took 1.1 s, and the exporter would take longer.
 */
const MAX_DEPTH = 32;
const MAX_NODES = 70_000;
/** Over every bound there is, and finite, so that it can be subtracted again. */
const TOO_LARGE = 2 ** 40;
let nodesLeft = MAX_NODES;

/** About how many bytes a span is in OTLP/JSON: enough to bound memory and requests by. */
export const estimateSpanBytes: (span: ReadableSpan) => number = safely(spanBytes, SPAN);

/** The same of a log record. */
export const estimateLogBytes: (record: ReadableLogRecord) => number = safely(logBytes, LOG_RECORD);

/** What a task records itself may hold anything, and what it ends must not fail for its size. */
function safely<T>(estimate: (item: T) => number, usual: number): (item: T) => number {
  return (item) => {
    try {
      nodesLeft = MAX_NODES;
      const bytes = estimate(item);
      return bytes >= 0 ? Math.min(bytes, TOO_LARGE) : usual;
    } catch {
      return usual;
    }
  };
}

function spanBytes(span: ReadableSpan): number {
  let bytes = SPAN + span.name.length + attributeBytes(span.attributes);
  bytes += textBytes(span.status.message);
  for (const { attributes } of span.links) bytes += LINK + attributeBytes(attributes);
  for (const { name, attributes } of span.events) {
    bytes += EVENT + name.length + attributeBytes(attributes);
  }
  return bytes;
}

function logBytes({ body, attributes }: ReadableLogRecord): number {
  return LOG_RECORD + valueBytes(body) + attributeBytes(attributes);
}

function attributeBytes(attributes: Attributes | ReadableLogRecord['attributes'] = {}): number {
  let bytes = 0;
  for (const key in attributes) bytes += ATTRIBUTE + key.length + valueBytes(attributes[key]);
  return bytes;
}

function valueBytes(value: unknown, depth = 0): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value !== 'object' || value === null) return NUMBER;
  if (ArrayBuffer.isView(value)) return value.byteLength * 1.4;
  if (depth === MAX_DEPTH) nodesLeft = 0;
  let bytes = 0;
  for (const [key, each] of Object.entries(value)) {
    nodesLeft -= 1;
    if (nodesLeft < 0) return TOO_LARGE;
    bytes += ATTRIBUTE + key.length + valueBytes(each, depth + 1);
  }
  return bytes;
}

/** Long texts exactly, since a character may be three bytes; for short ones that is not worth a call. */
function textBytes(text = ''): number {
  return text.length < 256 ? text.length : Buffer.byteLength(text);
}
