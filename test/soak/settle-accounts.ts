import { maxReceiveCount } from './describe-soak-stack.ts';
import { type Act, KILLING_ACTS, MAX_ATTEMPTS } from './functions/tasks/soak-task.ts';
import type { DeadLetter } from './read-dead-letters.ts';
import type { MessageRuns } from './read-runs.ts';
import type { AcceptedMessage } from './send-load.ts';

/** What became of one accepted message. */
export interface Account {
  message: AcceptedMessage;
  /** Calls of the implementation. */
  runs: number;
  /** How often its work was done to the end. */
  completions: number;
  /** Starts and ends, for whoever wants to know why; by attempt only within a process. */
  history: readonly string[];
  /** Copies in the dead-letter queue. */
  deadLetters: number;
  /** Of a dead message, as the table names it; absent when the copy does not tell. */
  cause?: string;
  /** Dead, and nothing of what it did itself explains that. */
  innocent: boolean;
  /** Dead of used up attempts, and some of them were not its own failures. */
  shortened: boolean;
}

export const isDead = ({ deadLetters }: Account): boolean => deadLetters > 0;
export const isLost = (each: Account): boolean => each.completions === 0 && !isDead(each);
export const isDeadAndCompleted = (each: Account): boolean => each.completions > 0 && isDead(each);

/** Which of its own acts explain a death, by `leadline.error.type`. */
const ACTS_OF_CAUSE: Record<string, readonly Act[]> = {
  SoakFailure: ['throw'],
  timeout: ['overrun', 'overrun-deaf'],
  NonRetryableError: ['refuse'],
};

const NEVER_RUN: MessageRuns = { starts: 0, ends: new Map(), history: [] };

/** The account of every message: what its runs wrote, and what the dead-letter queues hold. */
export function settleAccounts(
  accepted: readonly AcceptedMessage[],
  runs: ReadonlyMap<string, MessageRuns>,
  deadLetters: readonly DeadLetter[],
): Account[] {
  const lettersById = Map.groupBy(deadLetters, ({ id }) => id);
  return accepted.map((message) => {
    const { starts, ends, history } = runs.get(message.id) ?? NEVER_RUN;
    const letters = lettersById.get(message.id) ?? [];
    return {
      message,
      runs: starts,
      history,
      completions: ends.get('succeed') ?? 0,
      deadLetters: letters.length,
      innocent: false,
      shortened: false,
      ...(letters.length > 0 && explainDeath(letters, message, ends)),
    };
  });
}

function explainDeath(
  letters: readonly DeadLetter[],
  { queue }: AcceptedMessage,
  ends: MessageRuns['ends'],
): Pick<Account, 'cause' | 'innocent' | 'shortened'> {
  const countOf = (acts: readonly Act[]) =>
    acts.reduce((sum, act) => sum + (ends.get(act) ?? 0), 0);
  // Killed before the acknowledgement, a message may be copied twice, or copied and then moved.
  const { errorType } = letters.find((letter) => letter.errorType !== undefined) ?? {};
  if (errorType !== undefined) {
    const isUsedUp = errorType !== 'NonRetryableError';
    return {
      cause: errorType,
      innocent: countOf(ACTS_OF_CAUSE[errorType] ?? []) === 0,
      shortened: isUsedUp && countOf(Object.values(ACTS_OF_CAUSE).flat()) < MAX_ATTEMPTS,
    };
  }
  if (letters.some(({ moved }) => moved)) {
    const cause = `moved by SQS after ${maxReceiveCount(queue)} receives`;
    return { cause, innocent: countOf(KILLING_ACTS) === 0, shortened: false };
  }
  return { innocent: false, shortened: false };
}
