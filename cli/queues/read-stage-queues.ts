import { createListQueues } from '../../lib/queues/list-queues.ts';
import { readQueues } from '../../lib/queues/read-queues.ts';
import type { QueueReading } from '../../lib/queues/resolve-redrive.ts';
import { explainAwsError } from '../system/explain-aws-error.ts';
import type { System } from '../system/open-system.ts';
import { UsageError } from '../usage-error.ts';

export interface StageQueues {
  queues: QueueReading[];
  /** Why the workers could not be listed. */
  workersError?: unknown;
}

/** Asks again and again, as `--watch` does, without listing the queues each time. */
export type ReadStageQueues = () => Promise<StageQueues>;

/** The queues of the stage, each with its counts and its dead-letter queue. */
export function createReadStageQueues(system: System): ReadStageQueues {
  const { prefix, clients, limits, stage } = system;
  const list = createListQueues({
    source: { prefix },
    clients,
    limit: limits.sqs,
    // What could not be listed is in the listing, or thrown.
    onProblem: () => {},
  });
  return async () => {
    const { queues, workersError } = await list();
    if (queues.length === 0) {
      throw new UsageError(
        `There is no queue whose name begins with "${prefix}". Deploy the stage ${stage}, or look at another account, region or --stage.`,
      );
    }
    const readings = await readQueues(queues, clients, { limit: limits.sqs });
    return { queues: readings, ...(workersError !== undefined && { workersError }) };
  };
}

/** One line on why a queue, or its dead-letter queue, could not be read. */
export function explainReading(error: unknown, { local }: System): string {
  return explainAwsError(error, local?.awsEndpoint).message;
}
