import { TaskTimeout } from '../errors/task-timeout.ts';
import type { TaskImplementation } from '../task/implement-task.ts';
import type { TaskContext } from '../task/task-context.ts';

export interface AttemptTimes {
  /** When the invocation must be done with its tasks, by `Date.now()`. */
  deadline: number;
}

/** Calls the implementation with a signal that is aborted when its time is up. */
export async function runAttempt(
  { task, ...implementation }: TaskImplementation,
  payload: unknown,
  context: Omit<TaskContext, 'signal' | 'remainingMs'>,
  { deadline }: AttemptTimes,
): Promise<void> {
  const controller = new AbortController();
  const end = Math.min(Date.now() + task.timeoutSeconds * 1000, deadline);
  const timer = setTimeout(
    () => controller.abort(new TaskTimeout(task.name, task.timeoutSeconds)),
    Math.max(0, end - Date.now()),
  );
  try {
    await implementation.run(payload, {
      ...context,
      signal: controller.signal,
      remainingMs: () => Math.max(0, end - Date.now()),
    });
  } finally {
    clearTimeout(timer);
  }
}
