import type { CommandContext } from '../../command-context.ts';
import type { DeadLetter } from '../../dead-letters/dead-letter.ts';
import { listDeadLetters } from '../../dead-letters/list-dead-letters.ts';
import { describeAge } from '../../output/describe-age.ts';
import { printable } from '../../output/printable.ts';
import { createLinkTrace, type LinkTrace } from '../../output/trace-link.ts';
import { withSystem } from '../../system/open-system.ts';
import { type ListOptions, payloadText, withLink } from './list.ts';
import { openDeadLetters, readMaxReceiveCount } from './open-dead-letters.ts';

/** `leadline dlq show QUEUE ID`: an error where it is not among the first 500. */
export async function showDeadLetter(
  context: CommandContext,
  name: string,
  id: string,
  options: Omit<ListOptions, 'limit'>,
): Promise<void> {
  const { terminal } = context;
  await withSystem(context, options, async (system) => {
    const link = await createLinkTrace(context, system.stage, options.project);
    const queue = await openDeadLetters(system, name);
    const maxReceiveCount = await readMaxReceiveCount(system, queue);
    const { deadLetters, total } = await listDeadLetters({
      sqs: system.sqs,
      dlqUrl: queue.url,
      payload: options.payload === true,
      ...(maxReceiveCount !== undefined && { maxReceiveCount }),
    });
    const found = deadLetters.filter((each) => each.id === id || each.messageId === id);
    if (found.length === 0) {
      throw new Error(
        `No dead letter of ${queue.sqsName} has the id ${JSON.stringify(id)}: ${deadLetters.length} of about ${total} were read.`,
      );
    }
    if (options.json) {
      const answer = { dlq: queue.sqsName, deadLetters: found.map((each) => withLink(each, link)) };
      return terminal.print(JSON.stringify(answer, undefined, 2));
    }
    for (const [index, deadLetter] of found.entries()) {
      if (index > 0) terminal.print('');
      for (const [key, value] of factsOf(deadLetter, link)) {
        terminal.print(`${terminal.style('bold', key.padEnd(9))}  ${value}`);
      }
    }
  });
}

function factsOf(deadLetter: DeadLetter, link: LinkTrace): [string, string][] {
  const { task, id, messageId, reason, attempts, failedAt, sentAt, enqueuedAt, traceId } =
    deadLetter;
  const time = (date: Date | undefined) =>
    date && `${date.toISOString()}, ${describeAge(date)} ago`;
  const trace = traceId && [traceId, link(traceId)].filter(Boolean).join('  ');
  const hasPayload = 'payload' in deadLetter || 'body' in deadLetter;
  const facts: [string, string | undefined][] = [
    ['task', task && printable(task)],
    ['id', printable(id)],
    ['message', messageId],
    ['reason', printable(reason)],
    ['attempts', attempts === undefined ? undefined : String(attempts)],
    ['enqueued', time(enqueuedAt)],
    ['failed', time(failedAt)],
    ['sent', time(sentAt)],
    ['trace', trace],
    ['payload', hasPayload ? payloadText(deadLetter) : undefined],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}
