import type { SQSClient } from '@aws-sdk/client-sqs';
import type { CommandContext } from '../../command-context.ts';
import { countMessages } from '../../dead-letters/count-messages.ts';
import { purgeQueue } from '../../dead-letters/purge-queue.ts';
import { UsageError } from '../../usage-error.ts';

export interface PurgeOptions {
  json?: boolean;
  yes?: boolean;
}

/** @throws UsageError where nobody can be asked, before anything is looked at. */
export function refuseUnasked({ terminal }: CommandContext, { json, yes }: PurgeOptions): void {
  if (yes || (!json && terminal.canAsk)) return;
  throw new UsageError('Nobody can be asked here. Give --yes to delete without a question.');
}

/** Deletes the messages of a queue, and says about how many; asks before, unless told not to. */
export async function confirmPurge(
  { terminal }: CommandContext,
  { sqs, url, sqsName }: { sqs: SQSClient; url: string; sqsName: string },
  { json, yes }: PurgeOptions,
): Promise<void> {
  if (!yes) {
    const { all } = await countMessages(sqs, url);
    const answer = await terminal.ask(`Delete about ${all} messages of ${sqsName}? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) return terminal.print('Nothing was deleted.');
  }
  const { messages } = await purgeQueue(sqs, url);
  if (json)
    return terminal.print(JSON.stringify({ queue: sqsName, purged: messages }, undefined, 2));
  terminal.print(
    `About ${messages} messages of ${sqsName} are deleted. SQS takes up to 60 s, and what comes meanwhile may go with them.`,
  );
}
