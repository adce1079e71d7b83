import type { CommandContext } from '../../command-context.ts';
import { findQueue } from '../../dead-letters/find-dead-letter-queue.ts';
import { createReadStageQueues } from '../../queues/read-stage-queues.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';
import { confirmPurge, type PurgeOptions, refuseUnasked } from './confirm-purge.ts';

/** `leadline purge QUEUE`. */
export async function purge(
  context: CommandContext,
  name: string,
  options: SystemOptions & PurgeOptions,
): Promise<void> {
  refuseUnasked(context, options);
  await withSystem(context, options, async (system) => {
    const { queues } = await createReadStageQueues(system)();
    const { url, sqsName } = findQueue(queues, name);
    await confirmPurge(context, { sqs: system.sqs, url, sqsName }, options);
  });
}
