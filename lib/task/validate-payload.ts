import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidPayload, type PayloadIssue } from '../errors/invalid-payload.ts';
import type { Task, TaskPayload } from './define-task.ts';

/**
 * Checks a payload against the task's schema.
 *
 * @returns the schema's output.
 * @throws InvalidPayload with every issue and its path.
 */
export async function validatePayload<T extends Task>(
  task: T,
  payload: unknown,
): Promise<TaskPayload<T>> {
  let result = task.payload['~standard'].validate(payload);
  if (result instanceof Promise) result = await result;
  if (result.issues !== undefined) throw new InvalidPayload(task.name, result.issues.map(toIssue));
  return result.value as TaskPayload<T>;
}

function toIssue(issue: StandardSchemaV1.Issue): PayloadIssue {
  const path = (issue.path ?? []).map((segment) => {
    const key = typeof segment === 'object' ? segment.key : segment;
    return typeof key === 'number' ? key : String(key);
  });
  return { path, message: issue.message };
}
