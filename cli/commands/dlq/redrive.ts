import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { countMessages } from '../../dead-letters/count-messages.ts';
import {
  chooseDestination,
  type DeadLetterQueue,
} from '../../dead-letters/find-dead-letter-queue.ts';
import { type Redriven, redriveMessages } from '../../dead-letters/redrive-messages.ts';
import { redriveQueue } from '../../dead-letters/redrive-queue.ts';
import { printable } from '../../output/printable.ts';
import { type System, type SystemOptions, withSystem } from '../../system/open-system.ts';
import type { Terminal } from '../../terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { withInterrupt } from '../../with-interrupt.ts';
import { openDeadLetters } from './open-dead-letters.ts';

interface RedriveOptions extends SystemOptions {
  queue: string;
  ids: readonly string[];
  json?: boolean;
  to?: string;
  rate?: string;
}

/** `leadline dlq redrive QUEUE [ID…]`: code 1 where some of them are not back on their queue. */
export async function redrive(
  context: CommandContext,
  ending: Ending,
  options: RedriveOptions,
): Promise<void> {
  const { terminal } = context;
  const maxPerSecond = readRate(options);
  await withSystem(context, options, async (system) => {
    const queue = await openDeadLetters(system, options.queue);
    const to = chooseDestination(queue, options.to);
    const parts = { sqs: system.sqs, dlqUrl: queue.url, toUrl: to.url };
    const { visible } = await countMessages(system.sqs, queue.url);
    const progress = terminal.progress('messages moved');
    const total = options.ids.length > 0 ? options.ids.length : visible;
    const redriven = await withInterrupt((signal) =>
      options.ids.length > 0
        ? redriveMessages({
            ...parts,
            ids: options.ids,
            signal,
            onMoved: (moved) => progress.update(moved, total),
          })
        : redriveQueue({
            ...parts,
            signal,
            onProgress: ({ moved, toMove = total }) => progress.update(moved, toMove),
            ...(maxPerSecond !== undefined && { maxPerSecond }),
          }),
    ).finally(() => progress.stop());
    if (isIncomplete(redriven)) ending.code = 1;
    if (options.json) {
      const answer = { dlq: queue.sqsName, to: to.sqsName, ...redriven };
      return terminal.print(JSON.stringify(answer, undefined, 2));
    }
    terminal.print(
      `${redriven.moved} ${redriven.moved === 1 ? 'message' : 'messages'} moved from ${queue.sqsName} to ${to.sqsName}.`,
    );
    await tellRest(redriven, { terminal, queue, system });
  });
}

function readRate({ rate, ids }: RedriveOptions): number | undefined {
  if (rate === undefined) return undefined;
  if (ids.length > 0) throw new UsageError('--rate is for a redrive of all: leave it, or the ids.');
  const count = /^\d{1,3}$/.test(rate) ? Number(rate) : 0;
  if (count >= 1 && count <= 500) return count;
  throw new UsageError(`--rate is ${JSON.stringify(rate)}; give a whole number from 1 to 500.`);
}

function isIncomplete({ duplicated, failed, notFound, cancelled }: Redriven): boolean {
  return cancelled || duplicated.length + failed.length + notFound.length > 0;
}

async function tellRest(
  { duplicated, failed, notFound, cancelled }: Redriven,
  { terminal, queue, system }: { terminal: Terminal; queue: DeadLetterQueue; system: System },
): Promise<void> {
  for (const { id, error } of failed) {
    terminal.complain(`${printable(id)} was not sent, and is still in ${queue.sqsName}: ${error}`);
  }
  for (const { id, error } of duplicated) {
    terminal.complain(
      `${printable(id)} was sent, and is still in ${queue.sqsName}, too: it runs twice where it is redriven again. ${error}`,
    );
  }
  for (const id of notFound) {
    terminal.complain(`${id} was not found in ${queue.sqsName}, or somebody else has it just now.`);
  }
  if (!cancelled) return;
  const { all } = await countMessages(system.sqs, queue.url);
  terminal.complain(
    `Cancelled. What was moved stays moved; about ${all} are still in ${queue.sqsName}, and none is lost.`,
  );
}
