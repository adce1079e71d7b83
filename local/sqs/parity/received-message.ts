import { createHash } from 'node:crypto';
import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsRequest } from '../sqs-action.ts';
import { md5OfAttributes } from './md5-of-attributes.ts';
import { openEnvelope } from './message-envelope.ts';
import { createReceiptHandle } from './receipt-handle.ts';
import type { WireAttributes } from './wire-attributes.ts';

/** A message as fauxqs hands it out. */
export interface EngineReceived {
  MessageId: string;
  ReceiptHandle: string;
  MessageAttributes: Record<string, unknown>;
  Attributes: Record<string, string>;
}

/** The message as SQS hands it out: with the attributes that were asked for, and no others. */
export function receivedMessage(
  received: EngineReceived,
  queue: EngineQueue,
  request: SqsRequest,
): object {
  const envelope = openEnvelope(received.MessageAttributes);
  const system: Record<string, string> = {
    ...received.Attributes,
    ...(envelope.groupId === undefined ? {} : { MessageGroupId: envelope.groupId }),
    ...(envelope.traceHeader === undefined ? {} : { AWSTraceHeader: envelope.traceHeader }),
    ...(envelope.sourceQueueArn === queue.arn
      ? {}
      : { DeadLetterQueueSourceArn: envelope.sourceQueueArn }),
  };
  const systemNames = [
    ...((request['AttributeNames'] ?? []) as string[]),
    ...((request['MessageSystemAttributeNames'] ?? []) as string[]),
  ];
  const attributes = requested(
    envelope.attributes,
    (request['MessageAttributeNames'] ?? []) as string[],
  );
  return {
    MessageId: received.MessageId,
    ReceiptHandle: createReceiptHandle({
      queueName: queue.name,
      messageId: received.MessageId,
      engineHandle: received.ReceiptHandle,
      receivedAt: Date.now(),
    }),
    MD5OfBody: createHash('md5').update(envelope.body).digest('hex'),
    Body: envelope.body,
    Attributes: nonEmpty(requested(system, systemNames)),
    MessageAttributes: nonEmpty(attributes),
    MD5OfMessageAttributes: md5OfAttributes(attributes as WireAttributes),
  };
}

/** `All` and `.*` mean every name, `prefix.*` those with the prefix. */
function requested<T>(all: Record<string, T>, names: readonly string[]): Record<string, T> {
  if (names.includes('All') || names.includes('.*')) return all;
  const wanted = (name: string): boolean =>
    names.some((asked) =>
      asked.endsWith('.*') ? name.startsWith(asked.slice(0, -1)) : name === asked,
    );
  return Object.fromEntries(Object.entries(all).filter(([name]) => wanted(name)));
}

function nonEmpty<T>(record: Record<string, T>): Record<string, T> | undefined {
  return Object.keys(record).length === 0 ? undefined : record;
}
