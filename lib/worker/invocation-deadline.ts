import type { InvocationDeadline } from './run-attempt.ts';

/** For the calls of SQS after the last task, and for the answer. */
const MARGIN_MS = 1_500;

export interface StartedDeadline extends InvocationDeadline {
  /** Call it when the batch is done: a timer must not fire into a later invocation. */
  clear(): void;
}

/**
 * When nothing new starts and running tasks are aborted: a margin before the invocation's timeout,
 * longer where the flush comes before the response, and never more than half of the time there is.
 */
export function startDeadline(remainingMs: number, flushBeforeResponseMs: number): StartedDeadline {
  const margin = Math.min(MARGIN_MS + flushBeforeResponseMs, remainingMs / 2);
  const controller = new AbortController();
  const delay = Math.max(0, remainingMs - margin);
  const timer = setTimeout(() => {
    controller.abort(new Error('The invocation is about to end.'));
  }, delay);
  return {
    at: Date.now() + delay,
    signal: controller.signal,
    clear: () => clearTimeout(timer),
  };
}
