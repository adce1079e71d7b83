import type { Instance, InstanceOptions } from './instance.ts';
import { startInstance } from './instance.ts';
import { createInvocation, type Invocation, type InvocationResult } from './invocation.ts';
import { ServiceStoppedError } from './service-stopped-error.ts';
import { TooManyRequestsError } from './too-many-requests-error.ts';

/**
 * How long, in milliseconds, an invocation waits for an instance that has answered but not yet asked
 * for its next event. Lambda's callers are a network away, so their next invocation comes after
 * that; here it would come before, and a caller that invokes one after the other would meet a cold
 * start, or a 429, every time. The runtime asks at once, late only on a machine without a free core.
 * An extension may be at work for long, and that must cost another instance here as it does there.
 */
const finishingMs = { runtime: 250, extension: 10 };

/** The instances of one function: as many as there are invocations at a time, up to the limit. */
export interface FunctionPool {
  readonly instances: readonly Instance[];
  invoke(event: string): Promise<InvocationResult>;
  /** Idle instances are stopped now, the others when they are done. Resolves when the idle are gone. */
  replace(): Promise<void>;
  stop(): Promise<void>;
}

export interface FunctionPoolOptions {
  functionName: string;
  /** Invocations at a time. */
  limit: number;
  initTimeoutMs: number;
  idleTimeoutMs: number;
  /** What the pool does not decide. */
  createInstanceOptions: () => Omit<InstanceOptions, 'initTimeoutMs' | 'onIdle' | 'onInitTimeout'>;
}

export function createFunctionPool(options: FunctionPoolOptions): FunctionPool {
  const { functionName, limit, initTimeoutMs, idleTimeoutMs, createInstanceOptions } = options;
  const instances = new Set<Instance>();
  /** The most recently used one last. */
  const idle: { instance: Instance; timer: NodeJS.Timeout }[] = [];
  const retiring = new WeakSet<Instance>();
  /** Invocations that wait for an instance which is about to be idle. */
  const waiting = new Map<Invocation, NodeJS.Timeout>();

  function start(initTimeout?: { initTimeoutMs: number }): Instance {
    const instance = startInstance({
      ...createInstanceOptions(),
      ...initTimeout,
      onIdle: () => onIdle(instance),
      // As on Lambda: init runs once more, inside the invocation and under its timeout.
      onInitTimeout: (invocation) => start().run(invocation),
    });
    instances.add(instance);
    void instance.gone.then(() => {
      instances.delete(instance);
      forget(instance);
      // One that died after its answer: what waited for it needs another.
      for (const invocation of [...waiting.keys()]) {
        stopWaiting(invocation);
        waitOrPlace(invocation);
      }
    });
    return instance;
  }

  function keep(instance: Instance): void {
    const timer = setTimeout(() => {
      forget(instance);
      void instance.stop();
    }, idleTimeoutMs);
    idle.push({ instance, timer });
  }

  function forget(instance: Instance): void {
    const index = idle.findIndex((kept) => kept.instance === instance);
    clearTimeout(idle.splice(index, index < 0 ? 0 : 1)[0]?.timer);
  }

  function takeIdle(): Instance | undefined {
    for (let kept = idle.pop(); kept !== undefined; kept = idle.pop()) {
      clearTimeout(kept.timer);
      // One that died while it was idle may not have been forgotten yet.
      if (kept.instance.state === 'idle') {
        return kept.instance;
      }
    }
    return undefined;
  }

  function waitOrPlace(invocation: Invocation): void {
    const finishing = [...instances]
      .filter((instance) => !retiring.has(instance))
      .flatMap((instance) => instance.finishing ?? []);
    if (finishing.length > waiting.size) {
      const longest = Math.max(...finishing.map((who) => finishingMs[who]));
      waiting.set(
        invocation,
        setTimeout(() => place(invocation), longest),
      );
    } else {
      place(invocation);
    }
  }

  /** On a new instance, if there may be one more. */
  function place(invocation: Invocation): void {
    stopWaiting(invocation);
    if ([...instances].filter(({ state }) => isOccupied(state)).length >= limit) {
      invocation.abandon(new TooManyRequestsError(functionName, limit));
    } else {
      start({ initTimeoutMs }).run(invocation);
    }
  }

  function stopWaiting(invocation: Invocation): void {
    clearTimeout(waiting.get(invocation));
    waiting.delete(invocation);
  }

  function onIdle(instance: Instance): void {
    const [next] = waiting.keys();
    if (retiring.has(instance)) {
      void instance.stop();
    } else if (next === undefined) {
      keep(instance);
    } else {
      stopWaiting(next);
      instance.run(next);
    }
  }

  return {
    get instances() {
      return [...instances];
    },
    invoke(event) {
      const invocation = createInvocation(event);
      const instance = takeIdle();
      if (instance !== undefined) {
        instance.run(invocation);
      } else {
        waitOrPlace(invocation);
      }
      return invocation.result;
    },
    async replace() {
      const unused = idle.splice(0);
      for (const instance of instances) {
        retiring.add(instance);
      }
      for (const { timer } of unused) {
        clearTimeout(timer);
      }
      await Promise.all(unused.map(({ instance }) => instance.stop()));
    },
    async stop() {
      for (const invocation of [...waiting.keys()]) {
        stopWaiting(invocation);
        invocation.abandon(new ServiceStoppedError());
      }
      for (const { timer } of idle.splice(0)) {
        clearTimeout(timer);
      }
      await Promise.all([...instances].map((instance) => instance.stop()));
    },
  };
}

// An instance that is stopping has no invocation any more, so it takes no concurrency.
function isOccupied(state: Instance['state']): boolean {
  return state === 'starting' || state === 'busy';
}
