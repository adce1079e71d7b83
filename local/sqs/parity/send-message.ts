import { createHash } from 'node:crypto';
import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsAction } from '../sqs-action.ts';
import { type CheckedMessage, checkMessage } from './check-message.ts';
import { findQueue } from './find-queue.ts';
import { md5OfAttributes } from './md5-of-attributes.ts';
import { storeEnvelope } from './message-envelope.ts';

export const sendMessage: SqsAction = async (request, { engine, arrivals }) => {
  const queue = findQueue(request, engine);
  const message = checkMessage(request, queue);
  const sent = await engine.call('SendMessage', {
    QueueUrl: queue.name,
    ...storedMessage(message, queue),
  });
  arrivals.notify(queue.name);
  return { ...sent, ...messageDigests(message) };
};

/** The message as fauxqs gets it. */
export function storedMessage(message: CheckedMessage, queue: EngineQueue): object {
  const fifo = queue.attributes['FifoQueue'] === 'true';
  return {
    ...storeEnvelope(message, queue.arn),
    DelaySeconds: message.delaySeconds,
    MessageGroupId: fifo ? message.groupId : undefined,
    MessageDeduplicationId: message.deduplicationId ?? contentBasedId(message, queue),
  };
}

export function messageDigests(message: CheckedMessage): object {
  return {
    MD5OfMessageBody: createHash('md5').update(message.body).digest('hex'),
    MD5OfMessageAttributes: md5OfAttributes(message.attributes),
    MD5OfMessageSystemAttributes: md5OfAttributes(message.systemAttributes),
  };
}

function contentBasedId(message: CheckedMessage, queue: EngineQueue): string | undefined {
  return queue.attributes['ContentBasedDeduplication'] === 'true'
    ? createHash('sha256').update(message.body).digest('hex')
    : undefined;
}
