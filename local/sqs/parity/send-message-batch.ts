import type { SqsAction } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { type BatchEntry, checkBatch, type FailedEntry, failedEntry } from './check-batch.ts';
import { type CheckedMessage, checkMessage } from './check-message.ts';
import { findQueue } from './find-queue.ts';
import { maxMessageBytes, messageSize } from './message-size.ts';
import { messageDigests, storedMessage } from './send-message.ts';
import type { WireAttributes } from './wire-attributes.ts';

export const sendMessageBatch: SqsAction = async (request, { engine, arrivals }) => {
  const queue = findQueue(request, engine);
  const entries = checkBatch(request);
  checkBatchSize(entries);
  const failed: FailedEntry[] = [];
  const messages = new Map<string, CheckedMessage>();
  for (const entry of entries) {
    try {
      messages.set(entry.Id, checkMessage(entry, queue));
    } catch (error) {
      failed.push(failedEntry(entry.Id, error));
    }
  }
  if (messages.size === 0) return { Successful: [], Failed: failed };
  const sent = await engine.call('SendMessageBatch', {
    QueueUrl: queue.name,
    Entries: [...messages].map(([id, message]) => ({ Id: id, ...storedMessage(message, queue) })),
  });
  arrivals.notify(queue.name);
  return {
    Successful: (sent['Successful'] as { Id: string }[]).map((result) => ({
      ...result,
      ...messageDigests(messages.get(result.Id) as CheckedMessage),
    })),
    Failed: [...failed, ...(sent['Failed'] as FailedEntry[])],
  };
};

function checkBatchSize(entries: readonly BatchEntry[]): void {
  let bytes = 0;
  for (const { MessageBody, MessageAttributes } of entries) {
    bytes += messageSize(String(MessageBody ?? ''), (MessageAttributes ?? {}) as WireAttributes);
  }
  if (bytes > maxMessageBytes) {
    throw new SqsRefusal(
      'BatchRequestTooLong',
      `Batch requests cannot be longer than ${maxMessageBytes} bytes. You have sent ${bytes} bytes.`,
    );
  }
}
