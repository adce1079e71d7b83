import { TaskRevoked } from '../errors/task-revoked.ts';
import { TaskTimeout } from '../errors/task-timeout.ts';
import type { Task } from '../task/define-task.ts';
import type { TaskContext } from '../task/task-context.ts';

/** How an attempt's work ended. */
export type AttemptEnd =
  | { kind: 'completed'; value: unknown }
  | { kind: 'thrown'; error: unknown }
  | { kind: 'timeout'; error: TaskTimeout; ignoredSignal: boolean }
  /** The invocation's deadline came first. */
  | { kind: 'unfinished'; ignoredSignal: boolean }
  | { kind: 'revoked'; ignoredSignal: boolean };

/** The invocation's time, shared by all records of a batch. */
export interface InvocationDeadline {
  /** By `Date.now()`. */
  readonly at: number;
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  /** Milliseconds until the answer must go out. */
  untilAnswerMs(): number;
}

/** Calls `abort` when the task is revoked. @returns what ends the watch. */
export type WatchRevocation = (abort: () => void) => () => void;

/** How long a task may take to heed its signal, and less where the invocation's end is nearer. */
const GRACE_MS = 250;

/** The time of an attempt, as its task sees it. */
export type AttemptTime = Pick<TaskContext, 'signal' | 'remainingMs'>;

/** Waits for something that is not the task's: its timeout stands still meanwhile. */
export type Untimed = <T>(wait: () => Promise<T>) => Promise<T>;

/**
 * Does an attempt's work with a signal that is aborted when its time is up: after the task's
 * timeoutSeconds, or at the invocation's deadline, or when it is revoked. Never rejects, and never
 * waits longer than that and the grace, whatever the work does.
 */
export async function runAttempt(
  { name, timeoutSeconds }: Task,
  work: (time: AttemptTime, untimed: Untimed) => Promise<unknown>,
  deadline: InvocationDeadline,
  watch?: WatchRevocation,
): Promise<AttemptEnd> {
  let revoked: TaskRevoked | undefined;
  let timeout: TaskTimeout | undefined;
  let isOver = false;
  const controller = new AbortController();
  let timeoutAt = 0;
  let timer: NodeJS.Timeout | undefined;
  const startTimer = (ms: number) => {
    timeoutAt = Date.now() + ms;
    timer = setTimeout(() => {
      // Not before: its stack costs 20 µs, for each message.
      timeout = new TaskTimeout(name, timeoutSeconds);
      controller.abort(timeout);
    }, ms);
  };
  startTimer(timeoutSeconds * 1000);
  const untimed: Untimed = async (wait) => {
    clearTimeout(timer);
    const left = Math.max(0, timeoutAt - Date.now());
    try {
      return await wait();
    } finally {
      if (!isOver) startTimer(left);
    }
  };
  const unwatch = watch?.(() => {
    // Told again while the task is in its grace, it is the same revocation.
    revoked ??= new TaskRevoked(name);
    controller.abort(revoked);
  });
  const onDeadline = () => controller.abort(deadline.signal.reason);
  whenAborted(deadline.signal, onDeadline);

  const settled = settle(() =>
    work(
      {
        signal: controller.signal,
        remainingMs: () => Math.max(0, Math.min(timeoutAt, deadline.at) - Date.now()),
      },
      untimed,
    ),
  );
  try {
    const result = await Promise.race([settled, graceAfter(controller.signal, deadline)]);
    if (result !== undefined && !controller.signal.aborted) {
      return 'value' in result
        ? { kind: 'completed', value: result.value }
        : { kind: 'thrown', error: result.error };
    }
    // A task that returns when its signal fires has not done its work.
    const ignoredSignal = result === undefined;
    if (revoked !== undefined && controller.signal.reason === revoked) {
      return { kind: 'revoked', ignoredSignal };
    }
    return timeout !== undefined && controller.signal.reason === timeout
      ? { kind: 'timeout', error: timeout, ignoredSignal }
      : { kind: 'unfinished', ignoredSignal };
  } finally {
    isOver = true;
    clearTimeout(timer);
    unwatch?.();
    deadline.signal.removeEventListener('abort', onDeadline);
  }
}

type Settled = { value: unknown } | { error: unknown };

async function settle(run: () => Promise<unknown>): Promise<Settled> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error };
  }
}

function graceAfter(signal: AbortSignal, deadline: InvocationDeadline): Promise<undefined> {
  return new Promise((resolve) => {
    whenAborted(signal, () => {
      setTimeout(() => resolve(undefined), Math.min(GRACE_MS, deadline.untilAnswerMs() / 2));
    });
  });
}

function whenAborted(signal: AbortSignal, call: () => void): void {
  if (signal.aborted) call();
  else signal.addEventListener('abort', call, { once: true });
}
