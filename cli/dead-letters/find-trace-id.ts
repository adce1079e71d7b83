import type { Message } from '@aws-sdk/client-sqs';
import { decodeMessage } from '../../lib/task/task-message.ts';

/** W3C: version, trace id, span id, flags. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}/;

/** The trace of a message, from where the worker reads it: attributes, then the body, then SNS's envelope. */
export function findTraceId({ MessageAttributes = {}, Body = '' }: Message): string | undefined {
  const attribute = Object.entries(MessageAttributes).find(
    ([name]) => name.toLowerCase() === 'traceparent',
  )?.[1];
  const binary = attribute?.BinaryValue && Buffer.from(attribute.BinaryValue).toString('utf8');
  const texts = [attribute?.StringValue ?? binary, ...traceparentsOf(Body)];
  for (const text of texts) {
    const traceId = TRACEPARENT.exec(text ?? '')?.[1];
    if (traceId !== undefined) return traceId;
  }
  return undefined;
}

function traceparentsOf(body: string): (string | undefined)[] {
  try {
    const { trace, envelopeAttributes } = decodeMessage(body, '-');
    return [trace?.['traceparent'], envelopeAttributes?.['traceparent']];
  } catch {
    return [];
  }
}
