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

/** The form of a log's lines. What all of them say is made into text once. */
export function bindLine(service: string, requestId: string | undefined, bound: Values): BoundLine {
  const hasRequestId = requestId !== undefined;
  const fragment = (values: Values, hasSpan: boolean) => toFragment(values, hasRequestId, hasSpan);
  const request = hasRequestId ? `,"requestId":${JSON.stringify(requestId)}` : '';
  const serviceText = `,"service":${JSON.stringify(service)}`;
  const prepared = { withSpan: fragment(bound, true), withoutSpan: fragment(bound, false) };

  const attributeText = (own: Values | undefined, hasSpan: boolean) => {
    const ofBound = hasSpan ? prepared.withSpan : prepared.withoutSpan;
    if (own === undefined) return ofBound;
    for (const key of Object.keys(own)) {
      if (Object.hasOwn(bound, key)) return fragment({ ...bound, ...own }, hasSpan);
    }
    return ofBound + fragment(own, hasSpan);
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
