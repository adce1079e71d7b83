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

/** About how many bytes a span is in OTLP/JSON: enough to bound memory and requests by. */
export function estimateSpanBytes(span: ReadableSpan): number {
  let bytes = SPAN + span.name.length + attributeBytes(span.attributes);
  bytes += textBytes(span.status.message);
  for (const { attributes } of span.links) bytes += LINK + attributeBytes(attributes);
  for (const { name, attributes } of span.events) {
    bytes += EVENT + name.length + attributeBytes(attributes);
  }
  return bytes;
}

/** The same of a log record. */
export function estimateLogBytes({ body, attributes }: ReadableLogRecord): number {
  return LOG_RECORD + valueBytes(body) + attributeBytes(attributes);
}

function attributeBytes(attributes: Attributes | ReadableLogRecord['attributes'] = {}): number {
  let bytes = 0;
  for (const key in attributes) bytes += ATTRIBUTE + key.length + valueBytes(attributes[key]);
  return bytes;
}

function valueBytes(value: unknown): number {
  if (typeof value === 'string') return textBytes(value);
  if (typeof value !== 'object' || value === null) return NUMBER;
  if (ArrayBuffer.isView(value)) return value.byteLength * 1.4;
  let bytes = 0;
  for (const [key, each] of Object.entries(value))
    bytes += ATTRIBUTE + key.length + valueBytes(each);
  return bytes;
}

/** Long texts exactly, since a character may be three bytes; for short ones that is not worth a call. */
function textBytes(text = ''): number {
  return text.length < 256 ? text.length : Buffer.byteLength(text);
}
