import { toError } from '../instrumentation/error-type.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Log } from '../task/task-context.ts';

/** Tells running tasks that they are revoked. */
export interface RevocationWatch {
  /** @returns what ends the watch of the task. */
  add(id: string, onRevoked: () => void): () => void;
}

/** A running task is to know within 5 s, a read that hangs included. */
const INTERVAL_MS = 2_000;
const READ_MS = 1_500;

/** One read for all tasks that run, and none for a task that is over before the first. */
export function createRevocationWatch(
  state: Pick<TaskState, 'findRevoked'>,
  log: Log,
): RevocationWatch {
  const watched = new Map<object, { id: string; onRevoked: () => void }>();
  let timer: NodeJS.Timeout | undefined;
  let reading: AbortController | undefined;
  let warned = false;
  const look = async () => {
    if (reading !== undefined) return;
    const own = new AbortController();
    reading = own;
    const signal = AbortSignal.any([own.signal, AbortSignal.timeout(READ_MS)]);
    try {
      const ids = [...new Set([...watched.values()].map(({ id }) => id))];
      const revoked = await state.findRevoked(ids, signal);
      for (const { id, onRevoked } of watched.values()) if (revoked.has(id)) onRevoked();
    } catch (error) {
      if (!warned && !own.signal.aborted) {
        warned = true;
        log.warn('whether a running task is revoked could not be read', {
          'error.message': toError(error).message,
        });
      }
    } finally {
      if (reading === own) reading = undefined;
    }
  };
  return {
    add(id, onRevoked) {
      const key = {};
      watched.set(key, { id, onRevoked });
      timer ??= setInterval(() => void look(), INTERVAL_MS);
      return () => {
        watched.delete(key);
        if (watched.size > 0) return;
        clearInterval(timer);
        timer = undefined;
        // A call that is under way would go on in an instance that is frozen.
        reading?.abort();
        reading = undefined;
      };
    },
  };
}
