import {
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { ERROR_TYPE } from '../instrumentation/attributes.ts';
import { errorType, toError } from '../instrumentation/error-type.ts';
import type { Instruments } from '../instrumentation/instruments.ts';
import type { ProducerQueue } from './enqueue-options.ts';

/**
 * One SendMessage, timed.
 *
 * @returns the SQS message id.
 * @throws EnqueueFailed with the SDK's error as its cause.
 */
export async function sendMessage(
  client: Pick<SQSClient, 'send'>,
  input: SendMessageCommandInput,
  { sqsName }: ProducerQueue,
  duration: Instruments['clientOperationDuration'],
): Promise<string> {
  const attributes = {
    'messaging.system': 'aws_sqs',
    'messaging.operation.name': 'send',
    'messaging.destination.name': sqsName,
  };
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  try {
    const { MessageId = '' } = await client.send(new SendMessageCommand(input));
    duration.record(seconds(), attributes);
    return MessageId;
  } catch (error) {
    duration.record(seconds(), { ...attributes, [ERROR_TYPE]: errorType(error) });
    throw new EnqueueFailed(
      `SQS did not take the message for ${sqsName}: ${toError(error).message}`,
      { cause: error, retryable: isRetryable(error) },
    );
  }
}

/** Refusals (4xx) stay refusals, throttling excepted; everything else may pass. */
function isRetryable(error: unknown): boolean {
  const { $metadata, $retryable } = error as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status >= 500 || status === 429) return true;
  // SQS throttles with 400 (RequestThrottled, KmsThrottled) or 403 (RequestThrottled, query API).
  return $retryable !== undefined || /throttl/i.test(errorType(error));
}
