import type { InvocationDeadline } from './run-attempt.ts';

/** For the calls of SQS after the last task, and for the answer. */
const MARGIN_MS = 1_500;
/** Of that margin, what those calls and the listeners may use up; the rest is the answer's. */
const CALLS_SHARE = 0.8;
/** How long one call of SQS may take; the queue's own visibility timeout covers one that fails. */
const CALL_MS = 1_000;

export interface StartedDeadline extends InvocationDeadline {
  /**
   * For one call of SQS: aborted after 1 s, or when half of the time until the answer is over, so
   * that a call that hangs leaves time for the next, and the answer is always given.
   */
  boundCall(): AbortSignal;
  /** Call it when the batch is done: a timer must not fire into a later invocation. */
  clear(): void;
}

/**
 * When nothing new starts and running tasks are aborted: a margin before the invocation's timeout,
 * longer where the flush comes before the response, and never more than half of the time there is.
 */
export function startDeadline(remainingMs: number, flushBeforeResponseMs: number): StartedDeadline {
  const wantedMargin = MARGIN_MS + flushBeforeResponseMs;
  const margin = Math.min(wantedMargin, remainingMs / 2);
  const controller = new AbortController();
  const delay = Math.max(0, remainingMs - margin);
  const timer = setTimeout(() => {
    controller.abort(new Error('The invocation is about to end.'));
  }, delay);
  const at = Date.now() + delay;
  const answerAt = at + CALLS_SHARE * margin * (MARGIN_MS / wantedMargin);
  const untilAnswerMs = () => Math.max(0, answerAt - Date.now());
  return {
    at,
    signal: controller.signal,
    boundCall: () => AbortSignal.timeout(Math.floor(Math.min(CALL_MS, untilAnswerMs() / 2))),
    untilAnswerMs,
    clear: () => clearTimeout(timer),
  };
}
