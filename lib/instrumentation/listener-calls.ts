import type { LifecycleEmitter, LifecycleEventName, LifecycleEvents } from '../task/lifecycle.ts';
import type { Log } from '../task/task-context.ts';
import { toError } from './error-type.ts';

/** How long is waited for listeners that are still at work. */
const LISTENER_BOUND_MS = 1_000;

/** The calls of listeners in one invocation, or in one enqueue. */
export interface ListenerCalls {
  emit<Name extends LifecycleEventName>(name: Name, event: LifecycleEvents[Name]): void;
  /**
   * Waits until all have settled, at most 1 s and at most `withinMs`: Lambda freezes what is left
   * running.
   */
  settle(withinMs?: number): Promise<void>;
}

export function createListenerCalls(
  lifecycle: LifecycleEmitter | undefined,
  log: Log,
): ListenerCalls {
  const pending = new Set<Promise<void>>();
  const onError = (error: unknown, name: LifecycleEventName) =>
    log.error(`a listener of ${name} failed`, { 'error.message': toError(error).message });
  return {
    emit(name, event) {
      if (lifecycle === undefined) return;
      const call = lifecycle.emit(name, event, onError);
      pending.add(call);
      void call.finally(() => pending.delete(call));
    },
    async settle(withinMs = LISTENER_BOUND_MS) {
      if (pending.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const bound = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, Math.min(LISTENER_BOUND_MS, withinMs));
      });
      await Promise.race([Promise.all(pending), bound]);
      clearTimeout(timer);
      if (pending.size > 0) log.warn(`${pending.size} listeners did not finish in time`);
    },
  };
}
