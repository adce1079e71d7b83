import { dateOf, type Item, numberOf, textOf } from './attribute-values.ts';
import { parseResult } from './result-json.ts';

/** Where a task is. Of the last three nothing goes on, but for a dead letter that is redriven. */
export type TaskStatus = 'queued' | 'running' | 'retrying' | 'completed' | 'failed' | 'revoked';

/** What is kept of a task. Times are the clocks' of whoever wrote them. */
export interface TaskRecord {
  readonly kind: 'task';
  /** The task id. */
  readonly id: string;
  /** Name of the task. */
  readonly task: string;
  /** Logical name of the queue. */
  readonly queue: string;
  readonly status: TaskStatus;
  /** The attempt that it is in, or was in at its end; 0 before the first. */
  readonly attempts: number;
  readonly enqueuedAt?: Date;
  /** Of the last attempt. */
  readonly startedAt?: Date;
  readonly finishedAt?: Date;
  /** What the implementation returned, as JSON carries it. Absent where it returned nothing. */
  readonly result?: unknown;
  /** Of the last attempt that failed; of a completed task: why its result was not kept. */
  readonly error?: { readonly type: string; readonly message: string };
  readonly traceId?: string;
  /** AWS request id of the worker's invocation. */
  readonly requestId?: string;
  /** The chain or group that it is part of, and its place in there from 0. */
  readonly workflow?: { readonly id: string; readonly step: number };
}

const ENDED: readonly string[] = ['completed', 'failed', 'revoked'];

export function hasEnded({ status }: { readonly status: string }): boolean {
  return ENDED.includes(status);
}

/** @param id as it was asked for: the item may have a part of it. */
export function toTaskRecord(item: Item, id: string): TaskRecord {
  const enqueuedAt = dateOf(item, 'enqueued_at');
  const startedAt = dateOf(item, 'started_at');
  const finishedAt = dateOf(item, 'finished_at');
  const result = textOf(item, 'result');
  const error = errorOf(item);
  const traceId = textOf(item, 'trace_id');
  const requestId = textOf(item, 'request_id');
  const workflowId = textOf(item, 'workflow_id');
  return {
    kind: 'task',
    id,
    task: textOf(item, 'task') ?? 'unknown',
    queue: textOf(item, 'queue') ?? 'unknown',
    status: (textOf(item, 'status') ?? 'queued') as TaskStatus,
    attempts: numberOf(item, 'attempts') ?? 0,
    ...(enqueuedAt && { enqueuedAt }),
    ...(startedAt && { startedAt }),
    ...(finishedAt && { finishedAt }),
    ...(result !== undefined && { result: parseResult(result) }),
    ...(error && { error }),
    ...(traceId !== undefined && { traceId }),
    ...(requestId !== undefined && { requestId }),
    ...(workflowId !== undefined && {
      workflow: { id: workflowId, step: numberOf(item, 'workflow_step') ?? 0 },
    }),
  };
}

export function errorOf(item: Item): { type: string; message: string } | undefined {
  const type = textOf(item, 'error_type');
  return type === undefined ? undefined : { type, message: textOf(item, 'error_message') ?? '' };
}
