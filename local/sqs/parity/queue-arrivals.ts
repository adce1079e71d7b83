export interface Arrival {
  /** Ends on an arrival since `expect`, after `milliseconds`, or on the signal. */
  wait(milliseconds: number, signal: AbortSignal): Promise<void>;
  cancel(): void;
}

/** Wakes the long polls of a queue when a request may have made a message visible in it. */
export interface QueueArrivals {
  notify(queueName: string): void;
  /** To be called before looking for messages, so that no arrival is missed in between. */
  expect(queueName: string): Arrival;
}

export function createQueueArrivals(): QueueArrivals {
  const expecting = new Map<string, Set<() => void>>();
  return {
    notify(queueName) {
      for (const arrive of expecting.get(queueName) ?? []) arrive();
    },
    expect(queueName) {
      const arrivals = expecting.get(queueName) ?? new Set();
      expecting.set(queueName, arrivals);
      const { promise, resolve } = Promise.withResolvers<void>();
      const cancel = (): void => {
        arrivals.delete(resolve);
        resolve();
      };
      arrivals.add(resolve);
      return {
        cancel,
        async wait(milliseconds, signal) {
          if (signal.aborted) return cancel();
          const timer = setTimeout(cancel, milliseconds);
          signal.addEventListener('abort', cancel, { once: true });
          await promise;
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
          arrivals.delete(resolve);
        },
      };
    },
  };
}
