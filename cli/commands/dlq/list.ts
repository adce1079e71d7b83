import type { CommandContext } from '../../command-context.ts';
import type { DeadLetter } from '../../dead-letters/dead-letter.ts';
import { listDeadLetters } from '../../dead-letters/list-dead-letters.ts';
import { describeAge } from '../../output/describe-age.ts';
import { printTable } from '../../output/print-table.ts';
import { printable } from '../../output/printable.ts';
import { createLinkTrace, type LinkTrace } from '../../output/trace-link.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';
import { UsageError } from '../../usage-error.ts';
import { openDeadLetters, readMaxReceiveCount } from './open-dead-letters.ts';

export interface ListOptions extends SystemOptions {
  json?: boolean;
  payload?: boolean;
  project?: string;
  limit: string;
}

const MAX_LIMIT = 500;

/** `leadline dlq list QUEUE`. */
export async function listDeadLettersOf(
  context: CommandContext,
  name: string,
  options: ListOptions,
): Promise<void> {
  const { terminal } = context;
  const limit = readLimit(options.limit);
  await withSystem(context, options, async (system) => {
    const link = await createLinkTrace(context, system.stage, options.project);
    const queue = await openDeadLetters(system, name);
    const maxReceiveCount = await readMaxReceiveCount(system, queue);
    const { deadLetters, total, more } = await listDeadLetters({
      sqs: system.sqs,
      dlqUrl: queue.url,
      limit,
      payload: options.payload === true,
      ...(maxReceiveCount !== undefined && { maxReceiveCount }),
    });
    if (options.json) {
      const answer = {
        dlq: queue.sqsName,
        total,
        more,
        deadLetters: deadLetters.map((each) => withLink(each, link)),
      };
      return terminal.print(JSON.stringify(answer, undefined, 2));
    }
    if (deadLetters.length > 0) {
      const head = ['id', 'task', 'attempts', 'age', 'trace', 'reason'];
      const payload = options.payload === true;
      const rows = deadLetters.map((each) => toRow(each, link, payload));
      printTable(terminal, payload ? [...head, 'payload'] : head, rows);
    }
    // On stderr, where it is in nobody's way who counts lines.
    terminal.complain(summary(deadLetters.length, total, more, queue));
  });
}

export function withLink(deadLetter: DeadLetter, link: LinkTrace): object {
  const traceUrl = deadLetter.traceId === undefined ? undefined : link(deadLetter.traceId);
  return { ...deadLetter, ...(traceUrl !== undefined && { traceUrl }) };
}

function toRow(deadLetter: DeadLetter, link: LinkTrace, payload: boolean): string[] {
  const { id, task = '-', attempts, failedAt, sentAt, traceId, reason } = deadLetter;
  const trace = traceId === undefined ? '-' : (link(traceId) ?? traceId);
  return [
    printable(id),
    printable(task),
    attempts === undefined ? '-' : String(attempts),
    describeAge(failedAt ?? sentAt),
    trace,
    printable(reason),
    ...(payload ? [payloadText(deadLetter)] : []),
  ];
}

/** In one line. */
export function payloadText({ payload, body }: DeadLetter): string {
  return printable(body ?? JSON.stringify(payload));
}

function summary(
  count: number,
  total: number,
  more: boolean,
  { sqsName }: { sqsName: string },
): string {
  if (count === 0 && !more) return `${sqsName} has no dead letters.`;
  if (!more) return `All ${count} of ${sqsName}.`;
  const why = sqsName.endsWith('.fifo')
    ? 'SQS shows the first ones of each message group'
    : 'the rest is being looked at elsewhere, or behind these';
  return `The first ${count} of about ${total} of ${sqsName}: ${why}.`;
}

function readLimit(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MAX_LIMIT) return limit;
  throw new UsageError(`--limit is ${JSON.stringify(text)}; give a whole number from 1 to 500.`);
}
