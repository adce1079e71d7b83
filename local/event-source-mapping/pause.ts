import { setTimeout as delay } from 'node:timers/promises';

/** Waits, but ends at once, without an error, when the signal fires. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => {});
}
