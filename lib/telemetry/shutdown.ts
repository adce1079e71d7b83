import { settledWithin } from './settled-within.ts';

export type ShutdownCallback = () => void | Promise<void>;

/** Lambda gives 500 ms between SIGTERM and SIGKILL; some of it is for the process to end. */
const SHUTDOWN_BOUND_MS = 450;
/** Of it, for the callbacks: the rest is the last flush's, whatever they do. */
const CALLBACKS_BOUND_MS = 220;

/**
 * At SIGTERM runs the callbacks, then the last flush, then lets the process end as it would have:
 * a listener of this signal takes the default away from Node. Where there are other listeners, the
 * process had not ended, and is left to them: another signal would call them a second time.
 *
 * @returns what adds a callback.
 */
export function createShutdown(
  flush: (remainingMs: number) => Promise<void>,
): (callback: ShutdownCallback) => void {
  const callbacks: ShutdownCallback[] = [];
  const onSignal = async () => {
    const endsHere = process.listenerCount('SIGTERM') === 0;
    const deadline = Date.now() + SHUTDOWN_BOUND_MS;
    const called = Promise.allSettled(callbacks.map(async (callback) => callback()));
    await settledWithin(called, CALLBACKS_BOUND_MS);
    const remainingMs = deadline - Date.now();
    await settledWithin(flush(remainingMs), remainingMs);
    if (endsHere) process.kill(process.pid, 'SIGTERM');
  };
  // First, so that listeners that are called once still count as such.
  process.prependOnceListener('SIGTERM', () => void onSignal());
  return (callback) => void callbacks.push(callback);
}
