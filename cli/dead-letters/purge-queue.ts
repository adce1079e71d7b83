import { PurgeQueueCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { sqsNameOf } from '../../lib/queues/queue-source.ts';
import { countMessages } from './count-messages.ts';

/**
 * Deletes every message of a queue, those in flight and delayed included, for good. SQS takes up to
 * 60 s, in which it may delete what is sent meanwhile, too.
 *
 * @returns about how many there were.
 * @throws Error where it was purged less than 60 s ago, and the SDK's errors.
 */
export async function purgeQueue(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
): Promise<{ messages: number }> {
  const { all } = await countMessages(sqs, queueUrl);
  try {
    await sqs.send(new PurgeQueueCommand({ QueueUrl: queueUrl }));
  } catch (error) {
    if (!(error as Error).name.includes('PurgeQueueInProgress')) throw error;
    throw new Error(
      `${sqsNameOf(queueUrl)} was purged less than 60 s ago, and SQS purges a queue once in 60 s. Nothing was deleted now; try again in a minute.`,
      { cause: error },
    );
  }
  return { messages: all };
}
