import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';

export type SqsSender = Pick<SQSClient, 'send'>;

/** The calls of SQS that a worker makes itself. */
export interface SqsCalls {
  sendMessage(input: SendMessageCommandInput, signal: AbortSignal): Promise<string>;
  deleteMessage(queueUrl: string, receiptHandle: string, signal: AbortSignal): Promise<void>;
  /** @returns the receipt handles that SQS did not take. */
  changeVisibility(
    queueUrl: string,
    changes: readonly VisibilityChange[],
    signal: AbortSignal,
  ): Promise<string[]>;
}

export interface VisibilityChange {
  receiptHandle: string;
  /** From now. */
  seconds: number;
}

/**
 * This module holds the AWS SDK. Workers import it when they first need it (a retry, a dead
 * letter), so that a cold start does not load it.
 */
export function createSqsCalls(client: SqsSender = new SQSClient({})): SqsCalls {
  return {
    async sendMessage(input, abortSignal) {
      const call = client.send(new SendMessageCommand(input), { abortSignal });
      const { MessageId } = await within(abortSignal, call);
      // Without its word the message may not be acknowledged.
      if (MessageId === undefined) throw new Error('SQS did not confirm the message.');
      return MessageId;
    },
    async deleteMessage(QueueUrl, ReceiptHandle, abortSignal) {
      const command = new DeleteMessageCommand({ QueueUrl, ReceiptHandle });
      await within(abortSignal, client.send(command, { abortSignal }));
    },
    async changeVisibility(QueueUrl, changes, abortSignal) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
      const { Failed = [] } = await within(abortSignal, client.send(command, { abortSignal }));
      return Failed.map(({ Id }) => changes[Number(Id)]?.receiptHandle ?? '');
    },
  };
}

/** The SDK heeds its signal while it sends, and not while it waits for credentials or a retry. */
async function within<T>(signal: AbortSignal, call: Promise<T>): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await Promise.race([call, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
