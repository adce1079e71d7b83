import { OPEN_SECONDS } from './attempt-records.ts';
import { dateOf, type Item, numberOf, setOf, textOf } from './attribute-values.ts';
import { stepsKey, taskKey } from './keys.ts';
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

/** How far it is: an item of its own, since every member of a group writes it. */
export interface WorkflowProgress
  extends Pick<WorkflowRecord, 'kind' | 'id' | 'status' | 'completed' | 'traceId'> {
  readonly stepCount: number;
  /** Of a group, without the step that follows; of a chain all steps. */
  readonly members: number;
  readonly failedStep?: number;
}

export type NewWorkflow = Pick<WorkflowRecord, 'kind' | 'id' | 'steps' | 'members' | 'traceId'>;

/** DynamoDB takes 400 KB an item. */
export const MAX_STEPS_BYTES = 300_000;

/** The steps are written once, and outlive whatever may happen to them. */
const STEPS_SECONDS = 90 * 86_400;

export interface WorkflowRecords {
  create(workflow: NewWorkflow): Promise<void>;
  read(id: string, signal?: AbortSignal): Promise<WorkflowRecord | undefined>;
  /** Adds a step to those that are done. The same step twice counts once. */
  stepDone(id: string, step: number, signal?: AbortSignal): Promise<WorkflowProgress | undefined>;
  steps(id: string, signal?: AbortSignal): Promise<WorkflowStep[]>;
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
  /** @returns how it stands then: one that has completed stays so. */
  revoke(id: string): Promise<WorkflowProgress | undefined>;
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
  const readSteps: WorkflowRecords['steps'] = async (id, signal) => {
    const item = (await get(stepsKey(id), signal)) ?? {};
    return (parseResult(textOf(item, 'steps') ?? '[]') ?? []) as WorkflowStep[];
  };
  return {
    async create({ kind, id, steps, members, traceId }) {
      const now = Date.now();
      const seconds = Math.ceil(now / 1000);
      await create({
        pk: stepsKey(id),
        kind: 'steps',
        steps: JSON.stringify(steps),
        expires_at: seconds + STEPS_SECONDS,
      });
      await create({
        pk: taskKey(id),
        kind,
        id,
        status: 'running',
        step_count: steps.length,
        enqueued_at: now,
        expires_at: seconds + OPEN_SECONDS,
        ...(members !== undefined && { members }),
        ...(traceId !== undefined && { trace_id: traceId }),
      });
    },
    async read(id, signal) {
      const item = await get(taskKey(id), signal);
      if (item === undefined || !isWorkflow(item)) return undefined;
      return toWorkflowRecord(item, await readSteps(id, signal));
    },
    steps: readSteps,
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
      return applied && item ? toProgress(item) : undefined;
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
      return item && toProgress(item);
    },
  };
}

interface EndOptions {
  from: readonly string[];
  set: readonly string[];
  values: Readonly<Record<string, string | number | undefined>>;
}

/** Whether an item is a chain's or a group's. */
export function isWorkflow(item: Item): boolean {
  return item['kind'] === 'chain' || item['kind'] === 'group';
}

function toProgress(item: Item): WorkflowProgress {
  const stepCount = numberOf(item, 'step_count') ?? 0;
  const failedStep = numberOf(item, 'failed_step');
  const traceId = textOf(item, 'trace_id');
  return {
    kind: item['kind'] === 'group' ? 'group' : 'chain',
    id: textOf(item, 'id') ?? '',
    status: (textOf(item, 'status') ?? 'running') as WorkflowStatus,
    completed: setOf(item, 'done').size,
    stepCount,
    members: numberOf(item, 'members') ?? stepCount,
    ...(failedStep !== undefined && { failedStep }),
    ...(traceId !== undefined && { traceId }),
  };
}

export function toWorkflowRecord(item: Item, steps: readonly WorkflowStep[]): WorkflowRecord {
  const { kind, id, status, completed, failedStep: step, traceId } = toProgress(item);
  const enqueuedAt = dateOf(item, 'enqueued_at');
  const finishedAt = dateOf(item, 'finished_at');
  const result = textOf(item, 'result');
  const members = numberOf(item, 'members');
  const failed = step === undefined ? undefined : steps[step];
  const error = errorOf(item);
  return {
    kind,
    id,
    status,
    steps,
    completed,
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
