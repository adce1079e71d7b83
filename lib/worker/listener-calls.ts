import { toError } from '../instrumentation/error-type.ts';
import type { LifecycleEmitter, LifecycleEventName, LifecycleEvents } from '../task/lifecycle.ts';
import type { Log } from '../task/task-context.ts';

/** How long an invocation waits for listeners that are still at work. */
const LISTENER_BOUND_MS = 1_000;

/** The calls of listeners in one invocation. */
export interface ListenerCalls {
  emit<Name extends LifecycleEventName>(name: Name, event: LifecycleEvents[Name]): void;
  /** Waits until all have settled, within the bound: Lambda freezes what is left running. */
  settle(): Promise<void>;
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
    async settle() {
      if (pending.size === 0) return;
      let timer: NodeJS.Timeout | undefined;
      const bound = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, LISTENER_BOUND_MS);
      });
      await Promise.race([Promise.all(pending), bound]);
      clearTimeout(timer);
      if (pending.size > 0) log.warn(`${pending.size} listeners did not finish within 1 s`);
    },
  };
}
