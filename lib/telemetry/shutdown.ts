export type ShutdownCallback = () => void | Promise<void>;

/** Lambda gives 500 ms between SIGTERM and SIGKILL; some of it is for the process to end. */
const SHUTDOWN_BOUND_MS = 400;

/**
 * At SIGTERM runs the callbacks, then the last flush, then lets the process end as it would have:
 * a listener of this signal takes the default away from Node.
 *
 * @returns what adds a callback.
 */
export function createShutdown(
  flush: (remainingMs: number) => Promise<void>,
): (callback: ShutdownCallback) => void {
  const callbacks: ShutdownCallback[] = [];
  const onSignal = async () => {
    await Promise.allSettled(callbacks.map(async (callback) => callback()));
    await flush(SHUTDOWN_BOUND_MS);
    process.kill(process.pid, 'SIGTERM');
  };
  process.once('SIGTERM', () => void onSignal());
  return (callback) => void callbacks.push(callback);
}
