import type { CheckedMessage } from './check-message.ts';
import type { WireAttributes } from './wire-attributes.ts';

/** What SQS keeps of a message and fauxqs would change, drop or refuse. */
export interface MessageEnvelope {
  body: string;
  attributes: WireAttributes;
  traceHeader?: string;
  groupId?: string;
  /** Where it was sent: a message that is received elsewhere was moved by a redrive policy. */
  sourceQueueArn: string;
}

interface StoredAttribute {
  DataType: string;
  StringListValues: [body: string, rest: string];
}

/**
 * The whole content is stored as one attribute that fauxqs takes for empty: it neither measures
 * nor looks into list values, keeps them in its data directory, and moves them to a dead-letter
 * queue with the message. The empty name is one that SQS refuses, so it is nobody else's.
 */
export function storeEnvelope(message: CheckedMessage, sourceQueueArn: string): object {
  const rest: Omit<MessageEnvelope, 'body'> = {
    attributes: message.attributes,
    sourceQueueArn,
    ...(message.groupId === undefined ? {} : { groupId: message.groupId }),
    ...(message.systemAttributes['AWSTraceHeader']?.StringValue === undefined
      ? {}
      : { traceHeader: message.systemAttributes['AWSTraceHeader'].StringValue }),
  };
  const stored: StoredAttribute = {
    DataType: '',
    StringListValues: [message.body, JSON.stringify(rest)],
  };
  return { MessageBody: '-', MessageAttributes: { '': stored } };
}

export function openEnvelope(storedAttributes: Record<string, unknown>): MessageEnvelope {
  const [body, rest] = (storedAttributes[''] as StoredAttribute).StringListValues;
  return { body, ...(JSON.parse(rest) as Omit<MessageEnvelope, 'body'>) };
}
