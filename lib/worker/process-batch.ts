import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import { type MessageEnvironment, processMessage } from './process-message.ts';
import type { QueueIndex } from './queue-index.ts';

export interface BatchOptions {
  findQueue: QueueIndex;
  /** How many records run at a time. */
  concurrency: number;
}

/** Processes the records side by side and answers which of them failed. Never throws. */
export async function processBatch(
  records: readonly SQSRecord[],
  { findQueue, concurrency }: BatchOptions,
  environment: MessageEnvironment,
): Promise<SQSBatchResponse> {
  const failed = new Set<SQSRecord>();
  const waiting = [...records];
  const takeNext = async () => {
    for (let record = waiting.shift(); record !== undefined; record = waiting.shift()) {
      const queue = findQueue(record.eventSourceARN);
      if (queue === undefined) {
        environment.log.error(
          `${record.eventSourceARN} is not in QUEUES; the message stays on its queue.`,
          { 'messaging.message.id': record.messageId },
        );
        failed.add(record);
      } else if ((await processMessage(record, queue, environment)) !== 'completed') {
        failed.add(record);
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, takeNext));
  const batchItemFailures = records
    .filter((record) => failed.has(record))
    .map(({ messageId }) => ({ itemIdentifier: messageId }));
  return { batchItemFailures };
}
