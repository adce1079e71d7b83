/** Starts a call when its turn comes. */
export type CallLimit = <T>(call: () => Promise<T>) => Promise<T>;

export interface CallLimitOptions {
  /** Calls that are under way at a time. */
  concurrency: number;
  /** Calls that start in a second; as many as `concurrency` may start at once. */
  perSecond: number;
}

/**
 * Calls start in the order in which they were asked for, at most so many side by side and in a
 * second: AWS throttles a whole account, and with it those who work.
 */
export function createCallLimit({ concurrency, perSecond }: CallLimitOptions): CallLimit {
  const intervalMs = 1_000 / perSecond;
  const burstMs = intervalMs * concurrency;
  const waiting: (() => void)[] = [];
  let running = 0;
  /** When the calls so far would have started, had they come evenly. */
  let paceMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const startWaiting = () => {
    while (timer === undefined && running < concurrency && waiting.length > 0) {
      const now = performance.now();
      const earlyMs = paceMs - now - burstMs;
      if (earlyMs > 0) {
        timer = setTimeout(() => {
          timer = undefined;
          startWaiting();
        }, earlyMs);
        return;
      }
      paceMs = Math.max(paceMs, now) + intervalMs;
      running += 1;
      waiting.shift()?.();
    }
  };
  return async (call) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
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
