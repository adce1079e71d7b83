export interface Slots {
  /** Takes a slot; `false` when the signal fired first. */
  take(signal: AbortSignal): Promise<boolean>;
  release(): void;
}

/** The invocations that may run at a time. */
export function createSlots(limit: number): Slots {
  let taken = 0;
  const waiting = new Set<() => void>();
  return {
    async take(signal) {
      while (taken >= limit && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const wake = (): void => resolve();
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
        await promise;
        signal.removeEventListener('abort', wake);
        waiting.delete(wake);
      }
      if (signal.aborted) return false;
      taken += 1;
      return true;
    },
    release() {
      taken -= 1;
      for (const wake of waiting) wake();
    },
  };
}
