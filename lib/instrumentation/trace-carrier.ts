import { type Context, propagation, type TextMapGetter, trace } from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import type { TraceFields } from '../task/task-message.ts';
import { EMPTY_CONTEXT } from './empty-context.ts';

/** SQS takes at most 10 attributes a message. */
export const MAX_MESSAGE_ATTRIBUTES = 10;

/** What SQS refuses in a value: XML 1.0's forbidden characters. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that SQS refuses.
const REFUSED = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/u;

/** The text without what SQS refuses. */
export function removeRefused(text: string): string {
  return text.replace(new RegExp(REFUSED, 'gu'), '');
}

/** Whether SQS takes the text as a body or an attribute's value. */
export function isMessageText(text: string): boolean {
  return !REFUSED.test(text);
}

/** The propagator fields of a context that have a value which SQS takes. */
export function injectTrace(context: Context): TraceFields {
  const fields: Record<string, string> = {};
  propagation.inject(context, fields, {
    set: (carrier, key, value) => {
      if (value !== '' && isMessageText(value)) carrier[key] = value;
    },
  });
  return fields;
}

/**
 * The context that a message carries: the first source with a valid span context decides, so that
 * a trace is never put together from two. Malformed context never throws; a new trace begins.
 */
export function extractTrace(sources: readonly TraceFields[]): Context {
  let baggageOnly: Context | undefined;
  for (const fields of sources) {
    const extracted = extractFields(fields);
    if (trace.getSpanContext(extracted) !== undefined) return extracted;
    if (propagation.getBaggage(extracted) !== undefined) baggageOnly ??= extracted;
  }
  return baggageOnly ?? EMPTY_CONTEXT;
}

/**
 * The trace fields among an SQS record's attributes, names in lower case: some producers write
 * them in other letter cases, some as Binary. `AWSTraceHeader` is offered under its HTTP name,
 * which only the X-Ray propagator reads: its Sampled=0 would otherwise drop the trace.
 */
export function traceFieldsOf(
  record: Pick<SQSRecord, 'messageAttributes' | 'attributes'>,
): TraceFields {
  const fields: Record<string, string> = {};
  const xray = record.attributes?.AWSTraceHeader;
  if (typeof xray === 'string') fields['x-amzn-trace-id'] = xray;
  for (const [name, attribute] of Object.entries(record.messageAttributes ?? {})) {
    const value = attribute?.stringValue ?? decodeBinary(attribute?.binaryValue);
    if (typeof value === 'string' && value !== '') fields[name.toLowerCase()] = value;
  }
  return fields;
}

function decodeBinary(base64: unknown): string | undefined {
  return typeof base64 === 'string' ? Buffer.from(base64, 'base64').toString('utf8') : undefined;
}

function extractFields(fields: TraceFields): Context {
  try {
    return propagation.extract(EMPTY_CONTEXT, fields, getter);
  } catch {
    return EMPTY_CONTEXT;
  }
}

const getter: TextMapGetter<TraceFields> = {
  keys: (fields) => Object.keys(fields),
  get: (fields, key) => {
    if (Object.hasOwn(fields, key)) return fields[key];
    const lower = key.toLowerCase();
    const name = Object.keys(fields).find((each) => each.toLowerCase() === lower);
    return name === undefined ? undefined : fields[name];
  },
};
