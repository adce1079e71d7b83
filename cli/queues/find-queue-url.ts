import { GetQueueUrlCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import type { System } from '../system/open-system.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The URL of a queue by its logical name, standard or FIFO.
 *
 * @throws UsageError where the stage has no such queue.
 */
export async function findQueueUrl({ sqs, prefix, stage }: System, name: string): Promise<string> {
  for (const end of ['', '.fifo']) {
    try {
      const command = new GetQueueUrlCommand({ QueueName: `${prefix}${name}${end}` });
      const { QueueUrl } = await sqs.send(command);
      if (QueueUrl !== undefined) return QueueUrl;
    } catch (error) {
      if (!(error instanceof QueueDoesNotExist)) throw error;
    }
  }
  throw new UsageError(
    `There is no queue ${prefix}${name}. Deploy the stage ${stage}, or look at another account, region or --stage; "leadline queues" shows those that there are.`,
  );
}
