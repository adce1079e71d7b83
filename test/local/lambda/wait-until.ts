import { setTimeout as delay } from 'node:timers/promises';

/** Resolves with the first value that is not undefined or false; throws after `withinMs`. */
export async function waitUntil<T>(
  what: string,
  probe: () => T | false | undefined | Promise<T | false | undefined>,
  withinMs = 10_000,
): Promise<Exclude<T, false | undefined>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) {
      return value as Exclude<T, false | undefined>;
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${withinMs} ms`);
    }
    await delay(5);
  }
}
