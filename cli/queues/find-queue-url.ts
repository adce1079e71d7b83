import { GetQueueUrlCommand, ListQueuesCommand, QueueDoesNotExist } from '@aws-sdk/client-sqs';
import { sqsNameOf } from '../../lib/queues/queue-source.ts';
import type { System } from '../system/open-system.ts';
import { UsageError } from '../usage-error.ts';

/**
 * The URL of a queue by its logical name, standard or FIFO.
 *
 * @throws UsageError where the stage has no such queue.
 */
export async function findQueueUrl(system: System, name: string): Promise<string> {
  const { sqs, prefix } = system;
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
    `There is no queue "${name}". ${await describeOthers(system)} Deploy the stage, or look at another account, region or --stage.`,
  );
}

async function describeOthers({ sqs, prefix }: System): Promise<string> {
  const command = new ListQueuesCommand({ QueueNamePrefix: prefix, MaxResults: 1_000 });
  // Whoever may send need not be allowed to list.
  const { QueueUrls = [] } = await sqs.send(command).catch(() => ({ QueueUrls: [] }));
  const names = QueueUrls.map((url: string) => sqsNameOf(url).slice(prefix.length));
  if (names.length === 0) return `None was found whose name begins with "${prefix}".`;
  return `There are: ${names.join(', ')}.`;
}
