import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';
import type { Task, TaskPayload } from './define-task.ts';
import type { TaskContext } from './task-context.ts';

/** The work of a task. A promise that resolves completes the message; a throw fails the attempt. */
export type RunTask<T extends Task> = (payload: TaskPayload<T>, context: TaskContext) => unknown;

/** A contract with its work. Only the worker holds it. */
export interface TaskImplementation<T extends Task = Task> {
  readonly task: T;
  /** As a method, so that implementations of any payload fit into one list. */
  run(payload: TaskPayload<T>, context: TaskContext): unknown;
}

/**
 * Gives a contract its work. Keep it in a file of its own (`NAME.run.ts`) that producers never
 * import: whatever the work imports then stays out of their bundles.
 *
 * @throws InvalidTaskDefinition when `run` is not a function.
 */
export function implementTask<T extends Task>(task: T, run: RunTask<T>): TaskImplementation<T> {
  if (typeof run !== 'function') {
    throw new InvalidTaskDefinition(`Task "${task?.name}": the implementation is not a function.`);
  }
  return Object.freeze({ task, run });
}
