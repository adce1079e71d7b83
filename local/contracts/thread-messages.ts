import type { JsonSchema } from '../../cli/console/contracts/json-schema.ts';
import type { Task } from '../../lib/task/define-task.ts';

/** What the thread says first. */
export interface ThreadTasks {
  tasks: PlainTask[];
}

/** A contract without its schema, which no thread can hand on: its JSON Schema, where it has one. */
export type PlainTask = Pick<
  Task,
  'name' | 'queue' | 'retry' | 'timeoutSeconds' | 'http' | 'enqueues' | 'idempotent'
> & { schema?: JsonSchema };

/** Whether a payload fits a task. */
export interface ThreadQuestion {
  number: number;
  name: string;
  payload: unknown;
}

export interface ThreadAnswer {
  number: number;
  /** @default it fits */
  issues?: { path: (string | number)[]; message: string }[];
  /** What the schema threw. */
  problem?: string;
}
