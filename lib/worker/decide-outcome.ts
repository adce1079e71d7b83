import type { RetryLater } from '../errors/retry-later.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { RetryPolicy } from '../task/define-task.ts';
import { backoffSeconds, type Random, uniformSeconds } from '../task/retry-delay.ts';

/** Why an attempt failed. */
export type Failure =
  /** The body is no task message, or the payload does not fit: no attempt can change that. */
  | { kind: 'rejected'; error: unknown }
  /** No such task here, or a newer message version: perhaps a deploy is under way. */
  | { kind: 'unknown'; error: unknown }
  | { kind: 'thrown'; error: unknown; retry: RetryPolicy }
  | {
      kind: 'timeout';
      error: unknown;
      retry: RetryPolicy;
      timeoutSeconds: number;
      ignoredSignal: boolean;
    };

/** `error.type` of a failure: `timeout` is a task's timeoutSeconds and nothing else. */
export function failureType(failure: Failure): string {
  return failure.kind === 'timeout' ? 'timeout' : errorType(failure.error);
}

export type Decision = { outcome: 'retry'; delaySeconds: number } | { outcome: 'dead' };

export interface DecisionFacts {
  /** ApproximateReceiveCount. */
  attempt: number;
  /**
   * Whether the count tells attempts. In a FIFO batch of several messages it does not: a delivery
   * counts even when the message was handed back unrun, so only maxReceiveCount ends it there.
   */
  countIsExact: boolean;
  random?: Random;
}

/** A deploy is over within some minutes: five deliveries of 30 to 120 s. */
const UNKNOWN_TASK = { attempts: 5, minSeconds: 30, maxSeconds: 120 };
/** For a task that still runs after its timeout: its retry should not meet it. */
const IGNORED_SIGNAL_SECONDS = 60;

/** What becomes of a failed attempt: the table "Outcomes, per message" of docs/architecture.md. */
export function decideOutcome(failure: Failure, facts: DecisionFacts): Decision {
  const { attempt, countIsExact, random } = facts;
  switch (failure.kind) {
    case 'rejected':
      return { outcome: 'dead' };
    case 'unknown': {
      if (countIsExact && attempt >= UNKNOWN_TASK.attempts) return { outcome: 'dead' };
      const { minSeconds, maxSeconds } = UNKNOWN_TASK;
      return { outcome: 'retry', delaySeconds: uniformSeconds(minSeconds, maxSeconds, random) };
    }
    case 'thrown':
    case 'timeout': {
      const { error, retry } = failure;
      if (codeOf(error) === 'NON_RETRYABLE') return { outcome: 'dead' };
      if (countIsExact && attempt >= retry.maxAttempts) return { outcome: 'dead' };
      const chosen = chosenDelay(error, attempt, retry);
      if (chosen === false) return { outcome: 'dead' };
      const delaySeconds = chosen ?? backoffSeconds(retry, attempt, random);
      return { outcome: 'retry', delaySeconds: Math.max(delaySeconds, minimumDelay(failure)) };
    }
  }
}

/** By code and not by class: a task may throw the error of another copy of this package. */
function codeOf(error: unknown): unknown {
  try {
    return (error as { code?: unknown } | null | undefined)?.code;
  } catch {
    // A proxy or a getter that throws.
    return undefined;
  }
}

/** The task's own say: a delay in seconds, `false` for never, undefined for the backoff. */
function chosenDelay(
  error: unknown,
  attempt: number,
  { when }: RetryPolicy,
): number | false | undefined {
  if (codeOf(error) === 'RETRY_LATER') {
    return validSeconds((error as RetryLater).seconds);
  }
  const decision = when?.(error, attempt);
  return decision === false ? false : validSeconds(decision);
}

function validSeconds(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.ceil(value) : undefined;
}

function minimumDelay(failure: Failure): number {
  if (failure.kind !== 'timeout' || !failure.ignoredSignal) return 0;
  return Math.min(IGNORED_SIGNAL_SECONDS, Math.ceil(failure.timeoutSeconds));
}
