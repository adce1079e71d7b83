import { ReadTimeout } from '../errors/read-timeout.ts';

/**
 * Starts a call when its turn comes. @throws ReadTimeout when it has not come by the deadline, by
 * `performance.now()`: what nobody waits for any more takes no turn from the others
 */
export type CallLimit = <T>(call: () => Promise<T>, deadline?: number) => Promise<T>;

export interface CallLimitOptions {
  /** Calls that are under way at a time. */
  concurrency: number;
  /** Calls that start in a second; as many as `concurrency` may start at once. */
  perSecond: number;
}

interface Waiting {
  start: () => void;
  giveUp: () => void;
  deadline: number;
}

/**
 * Calls start in the order in which they were asked for, at most so many side by side and in a
 * second: AWS throttles a whole account, and with it those who work.
 */
export function createCallLimit({ concurrency, perSecond }: CallLimitOptions): CallLimit {
  const intervalMs = 1_000 / perSecond;
  const burstMs = intervalMs * concurrency;
  const waiting = new Set<Waiting>();
  let running = 0;
  /** When the calls so far would have started, had they come evenly. */
  let paceMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const startWaiting = () => {
    for (const next of waiting) {
      if (timer !== undefined || running >= concurrency) return;
      const now = performance.now();
      const earlyMs = paceMs - now - burstMs;
      if (now >= next.deadline) {
        waiting.delete(next);
        next.giveUp();
      } else if (earlyMs > 0) {
        timer = setTimeout(() => {
          timer = undefined;
          startWaiting();
        }, earlyMs);
      } else {
        paceMs = Math.max(paceMs, now) + intervalMs;
        running += 1;
        waiting.delete(next);
        next.start();
      }
    }
  };
  return async (call, deadline = Number.POSITIVE_INFINITY) => {
    await new Promise<void>((resolve, reject) => {
      const giveUp = () => reject(new ReadTimeout('Its turn did not come in time.'));
      waiting.add({ start: resolve, giveUp, deadline });
      startWaiting();
    });
    try {
      return await call();
    } finally {
      running -= 1;
      startWaiting();
    }
  };
}

/** One limit a service, for all reads of an instance. */
export interface ReadLimits {
  sqs: CallLimit;
  cloudWatch: CallLimit;
}

export function createReadLimits(): ReadLimits {
  return {
    sqs: createCallLimit({ concurrency: 50, perSecond: 2_000 }),
    // GetMetricData has a quota of 50 a second in an account.
    cloudWatch: createCallLimit({ concurrency: 10, perSecond: 40 }),
  };
}
