import { maxReceiveCount } from './describe-soak-stack.ts';
import { type Act, KILLING_ACTS, MAX_ATTEMPTS } from './functions/tasks/soak-task.ts';
import type { DeadLetter } from './read-dead-letters.ts';
import { type MessageRuns, noRuns } from './read-runs.ts';
import type { AcceptedMessage } from './send-load.ts';
import type { Tally } from './tally.ts';

/** What became of one accepted message. */
export interface Account {
  message: AcceptedMessage;
  /** Calls of the implementation. */
  runs: number;
  /** How often its work was done to the end. */
  completions: number;
  /** Deliveries that were acknowledged without a run, as done before. */
  acknowledged: number;
  /**
   * Of an idempotent task: how often it was done again though the process that had done it was not
   * killed before it could say so. No message may have any.
   */
  repeats: number;
  /** And how often it was done again since that one was killed, or task state did not take its word. */
  excused: number;
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

/** The account of every message: what its runs wrote, and what the dead-letter queues hold. */
export function settleAccounts(
  accepted: readonly AcceptedMessage[],
  runs: ReadonlyMap<string, MessageRuns>,
  deadLetters: readonly DeadLetter[],
  tally: Pick<Tally, 'cutShort' | 'unwritten'>,
): Account[] {
  const lettersById = Map.groupBy(deadLetters, ({ id }) => id);
  return accepted.map((message) => {
    const own = runs.get(message.id) ?? noRuns();
    const { starts, ends, history, acknowledged } = own;
    const letters = lettersById.get(message.id) ?? [];
    return {
      message,
      runs: starts,
      history,
      completions: own.effects.length,
      acknowledged,
      ...countRepeats(message, own, tally),
      deadLetters: letters.length,
      innocent: false,
      shortened: false,
      ...(letters.length > 0 && explainDeath(letters, message, ends)),
    };
  });
}

/**
 * An effect that is not the write of its own completion can be killed between the two, so that it
 * happens at least once, whatever the worker does. Only where that did not happen is it once.
 */
function countRepeats(
  { id, idempotent }: AcceptedMessage,
  { effects, said }: MessageRuns,
  { cutShort, unwritten }: Pick<Tally, 'cutShort' | 'unwritten'>,
): Pick<Account, 'repeats' | 'excused'> {
  if (!idempotent) return { repeats: 0, excused: 0 };
  const repeated = effects.slice(0, -1);
  const excused = repeated.filter(
    (requestId) =>
      (cutShort.has(requestId) && !said.has(requestId)) || unwritten.has(`${requestId} ${id}`),
  );
  return { repeats: repeated.length - excused.length, excused: excused.length };
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
