import { OPEN_SECONDS } from './attempt-records.ts';
import { dateOf, type Item, numberOf, setOf, textOf } from './attribute-values.ts';
import { taskKey } from './keys.ts';
import { parseResult } from './result-json.ts';
import type { TableCalls } from './table-calls.ts';
import { errorOf } from './task-record.ts';

/** One task of a chain or a group, with the id that its message has or will have. */
export interface WorkflowStep {
  readonly id: string;
  readonly task: string;
  readonly queue: string;
  /** Without one, what the step before returned is the payload. */
  readonly payload?: unknown;
  /** Key of the payload that takes what the step before returned. */
  readonly resultAs?: string;
  readonly groupId?: string;
}

export type WorkflowStatus = 'running' | 'completed' | 'failed' | 'revoked';

/** What is kept of a chain or a group. */
export interface WorkflowRecord {
  readonly kind: 'chain' | 'group';
  readonly id: string;
  readonly status: WorkflowStatus;
  /** In their order; of a group its members, and last the task that follows, if one does. */
  readonly steps: readonly WorkflowStep[];
  /** How many steps have completed. */
  readonly completed: number;
  /** Where it stopped. */
  readonly failed?: {
    readonly step: number;
    readonly task: string;
    readonly id: string;
    readonly error: { readonly type: string; readonly message: string };
  };
  readonly enqueuedAt?: Date;
  readonly finishedAt?: Date;
  /** Of the last step; of a group that nothing follows the results of its members. */
  readonly result?: unknown;
  readonly traceId?: string;
  /** Of a group: how many members there are; the step behind them, if there is one, follows. */
  readonly members?: number;
}

export type NewWorkflow = Pick<WorkflowRecord, 'kind' | 'id' | 'steps' | 'members' | 'traceId'>;

/** DynamoDB takes 400 KB an item, and there is more in it than the steps. */
export const MAX_STEPS_BYTES = 300_000;

export interface WorkflowRecords {
  create(workflow: NewWorkflow): Promise<void>;
  read(id: string, signal?: AbortSignal): Promise<WorkflowRecord | undefined>;
  /** Adds a step to those that are done. The same step twice counts once. */
  stepDone(id: string, step: number, signal?: AbortSignal): Promise<WorkflowRecord | undefined>;
  /** The step that it had stopped at is done after all, as its dead letter was redriven. */
  resume(id: string, step: number, signal?: AbortSignal): Promise<void>;
  complete(id: string, resultJson: string | undefined, signal?: AbortSignal): Promise<void>;
  /** The first failure is the one that it shows. */
  fail(
    id: string,
    step: number,
    error: { type: string; message: string },
    signal?: AbortSignal,
  ): Promise<void>;
  revoke(id: string): Promise<WorkflowRecord | undefined>;
}

export function createWorkflowRecords(
  { create, get, change }: Pick<TableCalls, 'create' | 'get' | 'change'>,
  keepSeconds: number,
): WorkflowRecords {
  /** While a step may be on a queue, a dead-letter queue included, and goes on when it completes. */
  const openSeconds = Math.max(keepSeconds, OPEN_SECONDS);
  const end = (id: string, status: WorkflowStatus, more: EndOptions, signal?: AbortSignal) => {
    const now = Date.now();
    const set = ['#status = :status, #finished_at = :now, #expires_at = :expires', ...more.set];
    return change(
      taskKey(id),
      {
        update: `SET ${set.join(', ')}`,
        condition: `#status IN (${more.from.map((each) => `:${each}`).join(', ')})`,
        values: {
          status,
          now,
          expires: Math.ceil(now / 1000) + (status === 'failed' ? openSeconds : keepSeconds),
          ...Object.fromEntries(more.from.map((each) => [each, each])),
          ...more.values,
        },
        returnItem: true,
      },
      signal,
    );
  };
  return {
    async create({ kind, id, steps, members, traceId }) {
      const now = Date.now();
      await create({
        pk: taskKey(id),
        kind,
        id,
        status: 'running',
        steps: JSON.stringify(steps),
        enqueued_at: now,
        expires_at: Math.ceil(now / 1000) + OPEN_SECONDS,
        ...(members !== undefined && { members }),
        ...(traceId !== undefined && { trace_id: traceId }),
      });
    },
    async read(id, signal) {
      const item = await get(taskKey(id), signal);
      return item && toWorkflowRecord(item);
    },
    async stepDone(id, step, signal) {
      const { applied, item } = await change(
        taskKey(id),
        {
          update: 'SET #expires_at = :expires ADD #done :step',
          condition: 'attribute_exists(#pk)',
          values: {
            step: new Set([String(step)]),
            expires: Math.ceil(Date.now() / 1000) + openSeconds,
          },
          returnItem: true,
        },
        signal,
      );
      return applied && item ? toWorkflowRecord(item) : undefined;
    },
    async resume(id, step, signal) {
      const update =
        'SET #status = :running, #expires_at = :expires REMOVE #finished_at, #failed_step, #error_type, #error_message';
      const condition = '#status = :failed AND #failed_step = :step';
      const expires = Math.ceil(Date.now() / 1000) + OPEN_SECONDS;
      const values = { running: 'running', failed: 'failed', step, expires };
      await change(taskKey(id), { update, condition, values }, signal);
    },
    async complete(id, resultJson, signal) {
      const set = resultJson === undefined ? [] : ['#result = :result'];
      // A chain that had failed goes on when its dead letter is redriven.
      const from = ['running', 'failed'];
      await end(id, 'completed', { from, set, values: { result: resultJson } }, signal);
    },
    async fail(id, step, { type, message }, signal) {
      const set = ['#failed_step = :step, #error_type = :type, #error_message = :message'];
      await end(id, 'failed', { from: ['running'], set, values: { step, type, message } }, signal);
    },
    async revoke(id) {
      const from = ['running', 'failed'];
      const { item } = await end(id, 'revoked', { from, set: [], values: {} });
      return item && toWorkflowRecord(item);
    },
  };
}

interface EndOptions {
  from: readonly string[];
  set: readonly string[];
  values: Readonly<Record<string, string | number | undefined>>;
}

/** @returns undefined for an item that is no workflow's. */
export function toWorkflowRecord(item: Item): WorkflowRecord | undefined {
  const kind = textOf(item, 'kind');
  if (kind !== 'chain' && kind !== 'group') return undefined;
  const status = (textOf(item, 'status') ?? 'running') as WorkflowStatus;
  const steps = (parseResult(textOf(item, 'steps') ?? '[]') ?? []) as WorkflowStep[];
  const enqueuedAt = dateOf(item, 'enqueued_at');
  const finishedAt = dateOf(item, 'finished_at');
  const result = textOf(item, 'result');
  const members = numberOf(item, 'members');
  const traceId = textOf(item, 'trace_id');
  const step = numberOf(item, 'failed_step');
  const failed = step === undefined ? undefined : steps[step];
  const error = errorOf(item);
  return {
    kind,
    id: textOf(item, 'id') ?? '',
    status,
    steps,
    completed: setOf(item, 'done').size,
    ...(status === 'failed' &&
      step !== undefined &&
      failed &&
      error && { failed: { step, task: failed.task, id: failed.id, error } }),
    ...(enqueuedAt && { enqueuedAt }),
    ...(finishedAt && { finishedAt }),
    ...(result !== undefined && { result: parseResult(result) }),
    ...(members !== undefined && { members }),
    ...(traceId !== undefined && { traceId }),
  };
}
