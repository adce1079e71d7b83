import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import {
  type DeadLetterQueue,
  findDeadLetterQueue,
} from '../../dead-letters/find-dead-letter-queue.ts';
import { createReadStageQueues } from '../../queues/read-stage-queues.ts';
import type { System } from '../../system/open-system.ts';

/** @throws UsageError with the queues that there are. */
export async function openDeadLetters(system: System, name: string): Promise<DeadLetterQueue> {
  const { queues } = await createReadStageQueues(system)();
  return findDeadLetterQueue(queues, name);
}

/** After how many receives SQS moves a message here; undefined where its sources differ. */
export async function readMaxReceiveCount(
  { sqs }: System,
  { sources }: DeadLetterQueue,
): Promise<number | undefined> {
  const counts = await Promise.all(
    sources.map(async ({ url }) => {
      const command = new GetQueueAttributesCommand({
        QueueUrl: url,
        AttributeNames: ['RedrivePolicy'],
      });
      const policy = (await sqs.send(command)).Attributes?.RedrivePolicy;
      // SQS takes it as a number and as a text.
      return Number(JSON.parse(policy ?? '{}').maxReceiveCount);
    }),
  );
  const [first = 0, ...others] = counts;
  return first > 0 && others.every((count) => count === first) ? first : undefined;
}
