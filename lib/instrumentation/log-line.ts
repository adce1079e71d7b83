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

/** What the lines of one log have in common, as text. */
interface LineForm {
  request: string;
  service: string;
  bound: Values;
  /** The bound attributes beside the ids of a span, and without them. */
  withSpan?: string;
  withoutSpan?: string;
}

/** The form of a log's lines. What all of them say is made into text once, when it is needed. */
export function bindLine(service: string, requestId: string | undefined, bound: Values): BoundLine {
  const form: LineForm = {
    request: requestId === undefined ? '' : `,"requestId":${JSON.stringify(requestId)}`,
    service: `,"service":${JSON.stringify(service)}`,
    bound,
  };
  return (parts) => toLine(form, parts);
}

function toLine(form: LineForm, { timeMs, level, message, span, attributes }: LineParts): string {
  const ids =
    span === undefined
      ? ''
      : `,"trace_id":${JSON.stringify(span.traceId)},"span_id":${JSON.stringify(span.spanId)}`;
  const head = `{"timestamp":"${new Date(timeMs).toISOString()}","level":"${level}"`;
  const text = `,"message":${JSON.stringify(message)}`;
  const rest = attributeText(form, attributes, span !== undefined);
  return `${head}${text}${form.request}${ids}${form.service}${rest}}\n`;
}

function attributeText(form: LineForm, own: Values | undefined, hasSpan: boolean): string {
  if (own === undefined) return boundText(form, hasSpan);
  for (const key in own) {
    if (Object.hasOwn(form.bound, key)) return fragment(form, { ...form.bound, ...own }, hasSpan);
  }
  return boundText(form, hasSpan) + fragment(form, own, hasSpan);
}

function boundText(form: LineForm, hasSpan: boolean): string {
  if (hasSpan) {
    form.withSpan ??= fragment(form, form.bound, true);
    return form.withSpan;
  }
  form.withoutSpan ??= fragment(form, form.bound, false);
  return form.withoutSpan;
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
function fragment({ request }: LineForm, values: Values, hasSpan: boolean): string {
  let free = values;
  for (const key in values) {
    if (!KEYS.has(key)) continue;
    free = renameTaken(values, request !== '', hasSpan);
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
