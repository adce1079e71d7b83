import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { withinSignal } from '../task/within-signal.ts';

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
      const { MessageId } = await withinSignal(abortSignal, call);
      // Without its word the message may not be acknowledged.
      if (MessageId === undefined) throw new Error('SQS did not confirm the message.');
      return MessageId;
    },
    async deleteMessage(QueueUrl, ReceiptHandle, abortSignal) {
      const command = new DeleteMessageCommand({ QueueUrl, ReceiptHandle });
      await withinSignal(abortSignal, client.send(command, { abortSignal }));
    },
    async changeVisibility(QueueUrl, changes, abortSignal) {
      const Entries = changes.map(({ receiptHandle, seconds }, index) => ({
        Id: String(index),
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }));
      const command = new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries });
      const { Failed = [] } = await withinSignal(
        abortSignal,
        client.send(command, { abortSignal }),
      );
      return Failed.map(({ Id }) => changes[Number(Id)]?.receiptHandle ?? '');
    },
  };
}
