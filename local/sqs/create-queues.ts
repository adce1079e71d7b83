import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  QueueDoesNotExist,
  SetQueueAttributesCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { QueueDescription } from '../stack-description.ts';

/**
 * Creates the queues that are missing and sets the attributes of all of them, so that a data
 * directory of an earlier run follows the description. Redrive policies come last, because SQS
 * refuses one whose dead-letter queue does not exist yet.
 */
export async function createQueues(
  client: SQSClient,
  queues: readonly QueueDescription[],
  queueArn: (queueName: string) => string,
): Promise<void> {
  const urls = new Map<string, string>();
  for (const queue of queues) {
    urls.set(queue.queueName, await ensureQueue(client, queue));
  }
  for (const queue of queues) {
    await client.send(
      new SetQueueAttributesCommand({
        QueueUrl: urls.get(queue.queueName),
        Attributes: {
          VisibilityTimeout: String(queue.visibilityTimeoutSeconds ?? 30),
          MessageRetentionPeriod: String(queue.messageRetentionSeconds ?? 345_600),
          // An empty policy takes an earlier run's away.
          RedrivePolicy: queue.redrive === undefined ? '' : redrivePolicy(queue.redrive, queueArn),
          RedriveAllowPolicy: redriveAllowPolicy(queue.redriveAllow, queueArn),
        },
      }),
    );
  }
}

async function ensureQueue(client: SQSClient, queue: QueueDescription): Promise<string> {
  try {
    const found = await client.send(new GetQueueUrlCommand({ QueueName: queue.queueName }));
    return found.QueueUrl as string;
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
  }
  const created = await client.send(
    new CreateQueueCommand({
      QueueName: queue.queueName,
      ...(queue.fifo === true ? { Attributes: { FifoQueue: 'true' } } : {}),
    }),
  );
  return created.QueueUrl as string;
}

function redrivePolicy(
  redrive: NonNullable<QueueDescription['redrive']>,
  queueArn: (queueName: string) => string,
): string {
  return JSON.stringify({
    deadLetterTargetArn: queueArn(redrive.deadLetterQueueName),
    maxReceiveCount: redrive.maxReceiveCount,
  });
}

function redriveAllowPolicy(
  redriveAllow: QueueDescription['redriveAllow'],
  queueArn: (queueName: string) => string,
): string {
  return redriveAllow === undefined
    ? ''
    : JSON.stringify({
        redrivePermission: 'byQueue',
        sourceQueueArns: redriveAllow.sourceQueueNames.map(queueArn),
      });
}
