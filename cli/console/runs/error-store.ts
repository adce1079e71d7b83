import { createAgeMap } from './age-map.ts';
import { cutText, textSize } from './cut-text.ts';
import type { AttemptEntry, RunEntry } from './run-entry.ts';

/** The errors of all attempts, bounded in bytes: the oldest keep their type and a line. */
export interface ErrorStore {
  /** Counts the error that an attempt has now; of a run the last three keep their stacks. */
  keep(entry: Pick<RunEntry, 'attempts'>, attempt: AttemptEntry): void;
  forget(attempts: readonly AttemptEntry[]): void;
  bytes(): number;
}

const DEFAULT_ERROR_BYTES = 32 * 1024 * 1024;
const MAX_STACKS_OF_RUN = 3;
const SHORT_MESSAGE = 200;

interface Kept {
  attempt: AttemptEntry;
  bytes: number;
}

/** @param maxBytes estimated */
export function createErrorStore(maxBytes: number = DEFAULT_ERROR_BYTES): ErrorStore {
  const kept = createAgeMap<AttemptEntry, Kept>();
  let bytes = 0;

  const forget = (attempt: AttemptEntry) => {
    bytes -= kept.get(attempt)?.bytes ?? 0;
    kept.delete(attempt);
  };
  const count = (attempt: AttemptEntry) => {
    forget(attempt);
    if (attempt.error === undefined) return;
    const { type, message, stack = '' } = attempt.error;
    const size = 128 + textSize(type) + textSize(message) + textSize(stack);
    kept.add(attempt, { attempt, bytes: size });
    bytes += size;
  };
  const shorten = (attempt: AttemptEntry) => {
    const { type = '', message = '' } = attempt.error ?? {};
    attempt.error = { type, message: cutText(message, SHORT_MESSAGE, '…') };
    forget(attempt);
  };

  return {
    keep({ attempts }, attempt) {
      count(attempt);
      const withStack = attempts.filter(({ error }) => error?.stack !== undefined);
      for (const each of withStack.slice(0, -MAX_STACKS_OF_RUN)) {
        const { type, message } = each.error as NonNullable<AttemptEntry['error']>;
        each.error = { type, message };
        count(each);
      }
      for (let oldest = kept.oldest(); oldest && bytes > maxBytes; oldest = kept.oldest()) {
        shorten(oldest.attempt);
      }
    },
    forget: (attempts) => attempts.forEach(forget),
    bytes: () => bytes,
  };
}
