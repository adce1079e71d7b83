import type { SpanContext } from '@opentelemetry/api';
import type { Loggable } from './loggable.ts';

export type Values = Record<string, Loggable>;

/** What a record adds to its log. */
export interface LineParts {
  timeMs: number;
  level: string;
  message: string;
  span: SpanContext | undefined;
  /** The record's own, over bound ones of the same name. */
  attributes: Values | undefined;
}

/** One JSON line with its newline: docs/telemetry.md, Logs. */
export type BoundLine = (parts: LineParts) => string;

/** The form of a log's lines. What all of them say is made into text once, when it is needed. */
export function bindLine(service: string, requestId: string | undefined, bound: Values): BoundLine {
  const request = requestId === undefined ? '' : `,"requestId":${JSON.stringify(requestId)}`;
  const serviceText = `,"service":${JSON.stringify(service)}`;
  let withSpan: string | undefined;
  let withoutSpan: string | undefined;
  const fragment = (values: Values, hasSpan: boolean) =>
    toFragment(values, request !== '', hasSpan);
  const boundText = (hasSpan: boolean) => {
    if (hasSpan) {
      withSpan ??= fragment(bound, true);
      return withSpan;
    }
    withoutSpan ??= fragment(bound, false);
    return withoutSpan;
  };
  const attributeText = (own: Values | undefined, hasSpan: boolean) => {
    if (own === undefined) return boundText(hasSpan);
    for (const key in own) {
      if (Object.hasOwn(bound, key)) return fragment({ ...bound, ...own }, hasSpan);
    }
    return boundText(hasSpan) + fragment(own, hasSpan);
  };
  return ({ timeMs, level, message, span, attributes }) => {
    const ids =
      span === undefined
        ? ''
        : `,"trace_id":${JSON.stringify(span.traceId)},"span_id":${JSON.stringify(span.spanId)}`;
    const head = `{"timestamp":"${new Date(timeMs).toISOString()}","level":"${level}"`;
    const text = `,"message":${JSON.stringify(message)}`;
    return `${head}${text}${request}${ids}${serviceText}${attributeText(attributes, span !== undefined)}}\n`;
  };
}

/** The line's own keys. */
const KEYS = new Set([
  'timestamp',
  'level',
  'message',
  'service',
  'requestId',
  'trace_id',
  'span_id',
]);

/** `,"key":value` of each, ready for the line. */
function toFragment(values: Values, hasRequestId: boolean, hasSpan: boolean): string {
  let free = values;
  for (const key in values) {
    if (!KEYS.has(key)) continue;
    free = renameTaken(values, hasRequestId, hasSpan);
    break;
  }
  const json = JSON.stringify(free);
  return json === '{}' ? '' : `,${json.slice(1, -1)}`;
}

/** The line's own keys are not overwritten, where it has them. */
function renameTaken(values: Values, hasRequestId: boolean, hasSpan: boolean): Values {
  const isTaken = (key: string) => {
    if (key === 'requestId') return hasRequestId;
    return key === 'trace_id' || key === 'span_id' ? hasSpan : KEYS.has(key);
  };
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [isTaken(key) ? `attributes.${key}` : key, value]),
  );
}
