import { setTimeout as delay } from 'node:timers/promises';

/** Resolves after so many milliseconds; at once when the signal is aborted. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await delay(ms, undefined, signal && { signal }).catch(() => {});
}
