import { setTimeout as delay } from 'node:timers/promises';
import { ReadTimeout } from '../errors/read-timeout.ts';
import type { CallLimit } from './call-limit.ts';
import { withinDeadline } from './within-deadline.ts';

/** One read of AWS; it has to end when its signal does. */
export type Read<T> = (signal: AbortSignal) => Promise<T>;

export interface PatienceOptions {
  limit: CallLimit;
  /** When nothing is tried any more, by `performance.now()`. @default 10 s from the call */
  deadline?: number;
  /** Of one attempt, in milliseconds. @default 1_000 for the first, and then 2_000 */
  attemptMs?: number;
}

const MAX_ATTEMPTS = 5;
const BOUND_MS = 10_000;
const FIRST_ATTEMPT_MS = 1_000;
const ATTEMPT_MS = 2_000;
const FIRST_PAUSE_MS = 200;
/** No time for an attempt that could still be answered. */
const MIN_ATTEMPT_MS = 50;

/**
 * Reads again what was throttled, hung, or failed on the way or within AWS: up to 5 attempts in
 * 10 s. The AWS SDK's own retries are off for these calls: they share one allowance, which a
 * thousand throttled queues use up at once, and then nothing is tried again.
 *
 * @throws what the last attempt threw; `ReadTimeout` when it was not answered.
 */
export async function readPatiently<T>(read: Read<T>, options: PatienceOptions): Promise<T> {
  const { limit } = options;
  const deadline = Math.min(performance.now() + BOUND_MS, options.deadline ?? Infinity);
  for (let attempt = 1; ; attempt += 1) {
    try {
      // Short at first: what hangs holds a turn that others wait for, and is asked again after them.
      const { attemptMs = attempt === 1 ? FIRST_ATTEMPT_MS : ATTEMPT_MS } = options;
      return await withinDeadline(
        deadline,
        limit(() => readOnce(read, Math.min(attemptMs, deadline - performance.now())), deadline),
      );
    } catch (error) {
      // Everything that is throttled at the same time must not come back at the same time.
      const pauseMs = Math.random() * FIRST_PAUSE_MS * 2 ** attempt;
      const inTime = performance.now() + pauseMs + MIN_ATTEMPT_MS < deadline;
      if (attempt === MAX_ATTEMPTS || !inTime || !isPassing(error)) throw error;
      await delay(pauseMs);
    }
  }
}

async function readOnce<T>(read: Read<T>, boundMs: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new ReadTimeout(`There was no answer within ${Math.round(boundMs)} ms.`));
      controller.abort();
    }, boundMs);
  });
  try {
    return await Promise.race([read(controller.signal), bound]);
  } finally {
    clearTimeout(timer);
  }
}

const THROTTLED =
  /^(Throttl|RequestThrottl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded|OverLimit)/;

interface AwsError {
  name?: string;
  code?: unknown;
  $metadata?: { httpStatusCode?: number };
}

/** Whether the same read may be answered in a moment: it was throttled, hung, or failed on the way. */
export function isPassing(error: unknown): boolean {
  const { name = '', code, $metadata } = error as AwsError;
  const status = $metadata?.httpStatusCode ?? 0;
  return (
    error instanceof ReadTimeout ||
    THROTTLED.test(name) ||
    status === 429 ||
    status >= 500 ||
    // Node's code of a connection that failed; AWS's own errors have none.
    (typeof code === 'string' && /^(E[A-Z]+|UND_)/.test(code))
  );
}
