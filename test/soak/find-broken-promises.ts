import type { DeadLetter } from './read-dead-letters.ts';
import { type Account, isDead, isDeadAndCompleted, isLost } from './settle-accounts.ts';

export interface Outcome {
  accounts: readonly Account[];
  deadLetters: readonly DeadLetter[];
  /** Messages that were to be sent. */
  expected: number;
  /** Still on their queues, in flight and delayed ones included, when the time was up. */
  left: number;
  /** Requests that were not accepted: SQS may have their messages all the same. */
  refusedRequests: number;
}

/** What does not hold, in words; empty when everything does. */
export function findBrokenPromises(outcome: Outcome): string[] {
  const { accounts, deadLetters, expected, left, refusedRequests } = outcome;
  const known = new Set(accounts.map(({ message }) => message.id));
  const unknown = deadLetters.filter(({ id }) => !known.has(id));
  return [
    ...(accounts.length === expected
      ? []
      : [`${accounts.length} of ${expected} messages were accepted in time`]),
    ...(left === 0 ? [] : [`${left} messages were left on their queues when the time was up`]),
    ...describe(accounts.filter(isLost), left === 0 ? 'lost' : 'lost or left'),
    ...describe(
      accounts.filter((each) => isDead(each) && each.cause === undefined),
      'dead without a cause',
    ),
    ...describe(
      accounts.filter(({ innocent }) => innocent),
      'dead without a failure of their own',
    ),
    ...describe(
      // Killed between its completion and the acknowledgement, a message runs again and may fail.
      accounts.filter((each) => isDeadAndCompleted(each) && each.runs < 2),
      'completed in their only run, and dead',
    ),
    ...describe(
      accounts.filter(({ repeats }) => repeats > 0),
      'done more than once, though idempotent and not killed in between',
    ),
    ...describe(
      accounts.filter(({ acknowledged, completions }) => acknowledged > 0 && completions === 0),
      'acknowledged as done before, and never done',
    ),
    ...(unknown.length === 0 || refusedRequests > 0
      ? []
      : [`${unknown.length} dead letters with an id that nobody was given: ${unknown[0]?.id}`]),
  ];
}

const EXAMPLES = 3;

function describe(found: readonly Account[], what: string): string[] {
  if (found.length === 0) return [];
  const examples = found
    .slice(0, EXAMPLES)
    .map(
      ({ message: { id, kind, queue, idempotent }, history }) =>
        `\n  ${id}  ${idempotent ? 'idempotent ' : ''}${kind}, queue ${queue}: ${history.join('; ') || 'never run'}`,
    );
  return [`${found.length} ${what}, such as${examples.join('')}`];
}
