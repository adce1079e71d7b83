import {
  SendMessageBatchCommand,
  type SendMessageBatchCommandOutput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { isRetryable } from '../errors/is-retryable.ts';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType, toError } from '../instrumentation/error-type.ts';
import type { Instruments } from '../instrumentation/instruments.ts';
import type { ProducerQueue } from './enqueue-options.ts';

/** The sends of a producer, each call timed. */
export interface TimedSender {
  /**
   * @returns the SQS message id.
   * @throws EnqueueFailed with the SDK's error as its cause.
   */
  sendMessage(input: SendMessageCommandInput, queue: ProducerQueue): Promise<string>;
  /**
   * At most 10 messages and 1 MiB in all; entry ids are their indexes.
   * @throws EnqueueFailed when SQS took none of them.
   */
  sendBatch(
    inputs: readonly SendMessageCommandInput[],
    queue: ProducerQueue,
  ): Promise<Pick<SendMessageBatchCommandOutput, 'Successful' | 'Failed'>>;
}

export function createTimedSender(
  client: Pick<SQSClient, 'send'>,
  duration: Instruments['clientOperationDuration'],
): TimedSender {
  const timed = async <T>({ sqsName }: ProducerQueue, send: () => Promise<T>): Promise<T> => {
    const attributes = {
      'messaging.system': 'aws_sqs',
      'messaging.operation.name': 'send',
      'messaging.destination.name': sqsName,
    };
    const start = performance.now();
    const seconds = () => (performance.now() - start) / 1000;
    try {
      const output = await send();
      duration.record(seconds(), attributes);
      return output;
    } catch (error) {
      duration.record(seconds(), { ...attributes, [ERROR_TYPE]: errorType(error) });
      throw new EnqueueFailed(
        `SQS did not take the message for ${sqsName}: ${toError(error).message}`,
        { cause: error, retryable: isRetryable(error) },
      );
    }
  };
  return {
    async sendMessage(input, queue) {
      const { MessageId = '' } = await timed(queue, () =>
        client.send(new SendMessageCommand(input)),
      );
      return MessageId;
    },
    sendBatch: (inputs, queue) =>
      timed(queue, () => client.send(new SendMessageBatchCommand(toBatch(inputs, queue)))),
  };
}

function toBatch(inputs: readonly SendMessageCommandInput[], { url }: ProducerQueue) {
  const Entries = inputs.map(({ QueueUrl: _, ...entry }, index) => ({
    ...entry,
    Id: String(index),
  }));
  return { QueueUrl: url, Entries };
}
