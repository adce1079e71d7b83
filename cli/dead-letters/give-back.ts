import {
  ChangeMessageVisibilityBatchCommand,
  type Message,
  type SQSClient,
} from '@aws-sdk/client-sqs';

/**
 * Makes received messages visible again at once. Never rejects: what could not be given back comes
 * back by itself when its visibility ends.
 */
export async function giveBack(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
  messages: Iterable<Pick<Message, 'ReceiptHandle'>>,
): Promise<void> {
  // The last first: what comes back goes to the head of its FIFO group.
  const all = [...messages].reverse();
  for (let start = 0; start < all.length; start += 10) {
    const Entries = all.slice(start, start + 10).map(({ ReceiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }));
    try {
      await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: queueUrl, Entries }));
    } catch {
      return;
    }
  }
}
