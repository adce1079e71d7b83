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
      const { MessageId = '' } = await client.send(new SendMessageCommand(input), { abortSignal });
      return MessageId;
    },
    async deleteMessage(QueueUrl, ReceiptHandle, abortSignal) {
      await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }), { abortSignal });
    },
    async changeVisibility(QueueUrl, changes, abortSignal) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const { Failed = [] } = await client.send(
        new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }),
        { abortSignal },
      );
      return Failed.map(({ Id }) => changes[Number(Id)]?.receiptHandle ?? '');
    },
  };
}
