import {
  type Message,
  mapMessages,
  readCount,
  readId,
  readMessage,
  readRequiredId,
  readString,
  readTime,
} from './otlp-fields.ts';
import { readAttributes, readResource, readScope } from './read-attributes.ts';
import type { Attributes, ReceivedSpan, Scope, SpanKind } from './telemetry-record.ts';

/** The spans of an ExportTraceServiceRequest, in the order in which they came. */
export function readSpans(request: Message): ReceivedSpan[] {
  return mapMessages(request['resourceSpans'], 'resourceSpans', (byResource) => {
    const resource = readResource(byResource['resource']);
    return mapMessages(byResource['scopeSpans'], 'scopeSpans', (byScope) => {
      const scope = readScope(byScope['scope']);
      return mapMessages(byScope['spans'], 'spans', (span) => readSpan(span, resource, scope));
    }).flat();
  }).flat();
}

const kinds: readonly SpanKind[] = [
  'UNSPECIFIED',
  'INTERNAL',
  'SERVER',
  'CLIENT',
  'PRODUCER',
  'CONSUMER',
];

const statusCodes = ['UNSET', 'OK', 'ERROR'] as const;

function readSpan(span: Message, resource: Attributes, scope: Scope): ReceivedSpan {
  const parentSpanId = readId(span['parentSpanId'], 8, 'parentSpanId');
  const startTimeUnixNano = readTime(span['startTimeUnixNano'], 'startTimeUnixNano');
  const endTimeUnixNano = readTime(span['endTimeUnixNano'], 'endTimeUnixNano');
  const status = readMessage(span['status'], 'status');
  const message = readString(status['message'], 'status.message');
  const traceState = readString(span['traceState'], 'traceState');
  const flags = readCount(span['flags'], 'flags');

  return {
    traceId: readRequiredId(span['traceId'], 16, 'traceId'),
    spanId: readRequiredId(span['spanId'], 8, 'spanId'),
    ...(parentSpanId !== undefined && { parentSpanId }),
    name: readString(span['name'], 'name'),
    kind: kinds[readCount(span['kind'], 'kind')] ?? 'UNSPECIFIED',
    startTimeUnixNano,
    endTimeUnixNano,
    durationMs: Number(endTimeUnixNano - startTimeUnixNano) / 1e6,
    attributes: readAttributes(span['attributes']),
    events: mapMessages(span['events'], 'events', (event) => ({
      name: readString(event['name'], 'name'),
      timeUnixNano: readTime(event['timeUnixNano'], 'timeUnixNano'),
      attributes: readAttributes(event['attributes']),
    })),
    links: mapMessages(span['links'], 'links', (link) => ({
      traceId: readRequiredId(link['traceId'], 16, 'traceId'),
      spanId: readRequiredId(link['spanId'], 8, 'spanId'),
      attributes: readAttributes(link['attributes']),
    })),
    status: {
      code: statusCodes[readCount(status['code'], 'status.code')] ?? 'UNSET',
      ...(message !== '' && { message }),
    },
    ...(traceState !== '' && { traceState }),
    ...(flags !== 0 && { flags }),
    resource,
    scope,
  };
}
