import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsAction } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { checkBatch, type FailedEntry, failedEntry } from './check-batch.ts';
import { findQueue } from './find-queue.ts';
import { type Receipt, readReceiptHandle } from './receipt-handle.ts';

const maxVisibilitySeconds = 43_200;

export const changeMessageVisibility: SqsAction = async (request, { engine, arrivals }) => {
  const queue = findQueue(request, engine);
  const receipt = readReceiptHandle(request['ReceiptHandle'], queue.name);
  const seconds = checkSeconds(request['VisibilityTimeout'], receipt);
  checkInFlight(queue, receipt, String(request['ReceiptHandle']));
  await engine.call('ChangeMessageVisibility', {
    QueueUrl: queue.name,
    ReceiptHandle: receipt.engineHandle,
    VisibilityTimeout: seconds,
  });
  arrivals.notify(queue.name);
  return {};
};

export const changeMessageVisibilityBatch: SqsAction = async (request, context) => {
  const { QueueUrl } = request;
  findQueue(request, context.engine);
  const failed: FailedEntry[] = [];
  const successful: { Id: string }[] = [];
  for (const { Id, ReceiptHandle, VisibilityTimeout } of checkBatch(request)) {
    try {
      await changeMessageVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }, context);
      successful.push({ Id });
    } catch (error) {
      failed.push(failedEntry(Id, error));
    }
  }
  return { Successful: successful, Failed: failed };
};

function checkSeconds(value: unknown, receipt: Receipt): number {
  const seconds = value as number;
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > maxVisibilitySeconds) {
    throw new SqsRefusal(
      'InvalidParameterValue',
      `Value ${String(value)} for parameter VisibilityTimeout is invalid. Reason: VisibilityTimeout must be an integer between 0 and ${maxVisibilitySeconds}.`,
    );
  }
  // The 12 hours count from the receive: extending never starts them anew.
  if (seconds + (Date.now() - receipt.receivedAt) / 1000 > maxVisibilitySeconds) {
    throw new SqsRefusal(
      'InvalidParameterValue',
      `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [${maxVisibilitySeconds} seconds].`,
    );
  }
  return seconds;
}

/** SQS tells a message that is gone from one that has become visible again; fauxqs does not. */
function checkInFlight(queue: EngineQueue, receipt: Receipt, handle: string): void {
  const now = Date.now();
  const { ready, delayed, inflight } = queue.messages;
  const own = inflight.find((entry) => entry.receiptHandle === receipt.engineHandle);
  if (own !== undefined && own.visibilityDeadline > now) return;
  const all = [...ready, ...delayed, ...inflight.map((entry) => entry.message)];
  if (all.some((message) => message.messageId === receipt.messageId)) {
    throw new SqsRefusal('MessageNotInflight', 'The specified message is not in flight.');
  }
  throw new SqsRefusal(
    'InvalidParameterValue',
    `Value ${handle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
  );
}
