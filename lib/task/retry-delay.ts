import type { RetryPolicy } from './define-task.ts';

/** SQS keeps a message invisible for at most 12 hours, counted from its receive. */
const MAX_VISIBILITY_SECONDS = 43_200;
/** For the time between SQS's clock, the poller's and ours. */
const VISIBILITY_MARGIN_SECONDS = 60;
/** 2^16 s is over SQS's limit; 2^1024 is Infinity, and 0 × Infinity is no number. */
const MAX_DOUBLINGS = 16;

/** Of a task that says nothing else, and of what the worker itself has to try again. */
export const DEFAULT_RETRY: RetryPolicy = {
  maxAttempts: 5,
  minDelaySeconds: 2,
  maxDelaySeconds: 300,
};

/** A number in [0, 1), as Math.random gives. */
export type Random = () => number;

/**
 * Exponential backoff with full jitter: whole seconds, uniform in [min, min(max, min × 2^attempt)].
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt the attempt that failed, from 1.
 */
export function backoffSeconds(
  { minDelaySeconds: min, maxDelaySeconds: max }: RetryPolicy,
  attempt: number,
  random: Random = Math.random,
): number {
  return uniformSeconds(min, Math.min(max, min * 2 ** Math.min(attempt, MAX_DOUBLINGS)), random);
}

/** A whole number, each from `min` to `max` as likely as any other. */
export function uniformSeconds(min: number, max: number, random: Random = Math.random): number {
  return min + Math.floor(random() * (max - min + 1));
}

/** A delay that ChangeMessageVisibility takes, given how long ago the message was received. */
export function clampDelaySeconds(seconds: number, secondsSinceReceive: number): number {
  const limit = MAX_VISIBILITY_SECONDS - Math.ceil(secondsSinceReceive) - VISIBILITY_MARGIN_SECONDS;
  return Math.max(0, Math.min(Math.ceil(seconds), limit));
}
