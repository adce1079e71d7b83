import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api';

/**
 * The active context follows asynchronous calls. OpenTelemetry's own manager does the same, as
 * CommonJS: with it a cold start loads all of `@opentelemetry/api` in a form from which nothing can
 * be left out, 2 ms (docs/decisions/0015-less-of-the-sdk-at-start.md).
 */
export function createContextManager(): ContextManager {
  const storage = new AsyncLocalStorage<Context>();
  const run = <A extends unknown[], R>(
    context: Context,
    call: (...args: A) => R,
    self: unknown,
    ...args: A
  ): R => storage.run(context, call.bind(self), ...args) as R;
  const manager: ContextManager = {
    active: () => storage.getStore() ?? ROOT_CONTEXT,
    with: run as ContextManager['with'],
    bind: <T>(context: Context, target: T): T => {
      if (target instanceof EventEmitter) return bindEmitter(run, context, target);
      if (typeof target !== 'function') return target;
      const bound = function (this: unknown, ...args: unknown[]) {
        return run(context, target as unknown as (...args: unknown[]) => unknown, this, ...args);
      };
      return Object.defineProperty(bound, 'length', { value: target.length }) as unknown as T;
    },
    enable: () => manager,
    disable: () => {
      storage.disable();
      return manager;
    },
  };
  return manager;
}

type Run = (context: Context, call: () => boolean, self: unknown) => boolean;

/** Its listeners are called in the context, whenever they were added. */
function bindEmitter<T extends EventEmitter>(run: Run, context: Context, emitter: T): T {
  const emit = emitter.emit;
  emitter.emit = (...args) => run(context, () => emit.apply(emitter, args), undefined);
  return emitter;
}
