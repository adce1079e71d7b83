import type { SqsAction } from '../sqs-action.ts';
import { checkBatch, type FailedEntry, failedEntry } from './check-batch.ts';
import { findQueue } from './find-queue.ts';
import { readReceiptHandle } from './receipt-handle.ts';

export const deleteMessage: SqsAction = async (request, { engine, arrivals }) => {
  const queue = findQueue(request, engine);
  const receipt = readReceiptHandle(request['ReceiptHandle'], queue.name);
  await engine.call('DeleteMessage', {
    QueueUrl: queue.name,
    ReceiptHandle: receipt.engineHandle,
  });
  // The next message of its FIFO group can be received now.
  arrivals.notify(queue.name);
  return {};
};

export const deleteMessageBatch: SqsAction = async (request, context) => {
  const { QueueUrl } = request;
  findQueue(request, context.engine);
  const failed: FailedEntry[] = [];
  const successful: { Id: string }[] = [];
  for (const { Id, ReceiptHandle } of checkBatch(request)) {
    try {
      await deleteMessage({ QueueUrl, ReceiptHandle }, context);
      successful.push({ Id });
    } catch (error) {
      failed.push(failedEntry(Id, error));
    }
  }
  return { Successful: successful, Failed: failed };
};
