/** What an event says of the attempt that it is about. */
export interface TaskEvent {
  /** Name of the task. */
  readonly task: string;
  /** The task id. */
  readonly id: string;
  /** Logical name of the queue. */
  readonly queue: string;
  /** From 1. */
  readonly attempt: number;
}

/** Every lifecycle event with what its listeners receive. */
export interface LifecycleEvents {
  /** A record was taken up, before it is decided whether it runs. */
  taskReceived: TaskEvent;
  /** The implementation is about to be called. */
  taskStarting: TaskEvent;
  taskCompleted: TaskEvent & { readonly durationMs: number };
  /** An attempt failed; `taskRetrying` or `taskDead` follows. */
  taskFailed: TaskEvent & { readonly error: unknown; readonly durationMs: number };
  taskRetrying: TaskEvent & { readonly error: unknown; readonly delaySeconds: number };
  /** Not run, since its effect is done: the trace of the run that did it, where it is known. */
  taskDuplicate: TaskEvent & { readonly firstTraceId?: string };
  /** Skipped or aborted, since somebody revoked it. */
  taskRevoked: TaskEvent;
  /** Copied to the dead-letter queue. */
  taskDead: TaskEvent & { readonly error: unknown };
  /** A message that cannot be run: undecodable, of an unknown task, or against the schema. */
  messageRejected: {
    readonly queue: string;
    readonly messageId: string;
    readonly attempt: number;
    readonly error: unknown;
  };
  /** Before the first batch of an instance. */
  workerReady: { readonly tasks: readonly string[] };
  /** SIGTERM, which Lambda sends only where telemetry has registered an extension; half a second is left. */
  workerShuttingDown: { readonly tasks: readonly string[] };
  beforeEnqueue: Omit<TaskEvent, 'attempt'> & { readonly payload: unknown };
  /** SQS has the message; without an id where EventBridge Scheduler has it, for later. */
  afterEnqueue: Omit<TaskEvent, 'attempt'> & { readonly messageId?: string };
}

export type LifecycleEventName = keyof LifecycleEvents;
export type LifecycleListener<Name extends LifecycleEventName> = (
  event: LifecycleEvents[Name],
) => unknown;

/** Takes listeners; hand it to `createWorker` and `createProducer`. */
export interface Lifecycle {
  /**
   * Adds a listener, sync or async; several may listen to one event. A task never waits for one,
   * and one that throws or rejects is logged and changes nothing. Async listeners are given until
   * the end of the invocation, at most 1 s; an enqueue waits for its own as long.
   *
   * @returns a function that removes it.
   */
  on<Name extends LifecycleEventName>(name: Name, listener: LifecycleListener<Name>): () => void;
}

/** A lifecycle as its emitter sees it. */
export interface LifecycleEmitter extends Lifecycle {
  /** Calls the listeners. Never throws; resolves when all have settled. */
  emit<Name extends LifecycleEventName>(
    name: Name,
    event: LifecycleEvents[Name],
    onError: (error: unknown, name: Name) => void,
  ): Promise<void>;
}

/** Celery's signals with our names: `lifecycle.on('taskFailed', ({ task, error }) => ...)`. */
export function createLifecycle(): LifecycleEmitter {
  const listeners = new Map<LifecycleEventName, Set<LifecycleListener<never>>>();
  return {
    on(name, listener) {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set);
      set.add(listener);
      return () => {
        set.delete(listener);
      };
    },
    async emit(name, event, onError) {
      const calls = [...(listeners.get(name) ?? [])].map(async (listener) => {
        try {
          await listener(event as never);
        } catch (error) {
          onError(error, name);
        }
      });
      await Promise.all(calls);
    },
  };
}
