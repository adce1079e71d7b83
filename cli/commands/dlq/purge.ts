import type { CommandContext } from '../../command-context.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';
import { confirmPurge, type PurgeOptions, refuseUnasked } from '../queues/confirm-purge.ts';
import { openDeadLetters } from './open-dead-letters.ts';

/** `leadline dlq purge QUEUE`. */
export async function purgeDeadLetters(
  context: CommandContext,
  name: string,
  options: SystemOptions & PurgeOptions,
): Promise<void> {
  refuseUnasked(context, options);
  await withSystem(context, options, async (system) => {
    const { url, sqsName } = await openDeadLetters(system, name);
    await confirmPurge(context, { sqs: system.sqs, url, sqsName }, options);
  });
}
