import { InvalidSetting } from '../errors/invalid-setting.ts';
import {
  type AttemptFacts,
  type AttemptRecords,
  createAttemptRecords,
  queuedItem,
} from './attempt-records.ts';
import { type Item, textOf } from './attribute-values.ts';
import { createIdempotencyKeys, type IdempotencyKeys } from './idempotency-keys.ts';
import { taskKey } from './keys.ts';
import { pause } from './pause.ts';
import { findRevoked, type Revocation, revokeSteps, revokeTask } from './revocations.ts';
import { createScheduleRuns, type ScheduleRuns } from './schedule-runs.ts';
import type { DynamoDBSender, TableCalls } from './table-calls.ts';
import { hasEnded, type TaskRecord, toTaskRecord } from './task-record.ts';
import {
  createWorkflowRecords,
  isWorkflow,
  toWorkflowRecord,
  type WorkflowRecord,
  type WorkflowRecords,
} from './workflow-records.ts';

export interface TaskStateOptions {
  /** Name of the DynamoDB table: partition key `pk` (string), TTL attribute `expires_at`. */
  table: string;
  /** @default one with the SDK's own defaults */
  client?: DynamoDBSender;
  /**
   * How long the record of a task that has ended is kept, in seconds. A duplicate that comes
   * later than that runs again: keep it above the retention of the queues.
   * @default 604800, 7 days
   */
  keepSeconds?: number;
}

/** Task state: hand it to `createProducer`, `createWorker` and the depth handler. */
export interface TaskState {
  /**
   * What is known of a task, a chain or a group.
   * @throws StateUnavailable
   */
  read(id: string, signal?: AbortSignal): Promise<TaskRecord | WorkflowRecord | undefined>;
  /**
   * Reads until it has ended or the time is over; the last that was read.
   *
   * @param options `expected`: whether to wait for a record that is not there. @default false
   * @throws StateUnavailable
   */
  wait(
    id: string,
    timeoutMs: number,
    options?: { expected?: boolean },
  ): Promise<TaskRecord | WorkflowRecord | undefined>;
  /**
   * Keeps a task from running, or aborts it within 5 s. Of a chain or group: whatever has not ended.
   * @throws StateUnavailable
   */
  revoke(id: string): Promise<Revocation>;
  /** Names of the running tasks that somebody wants revoked. */
  findRevoked(ids: readonly string[], signal: AbortSignal): Promise<Set<string>>;
  /** Before the message is sent. @returns whether there was no record of the id. */
  createQueued(message: QueuedFacts, signal?: AbortSignal): Promise<boolean>;
  /** SQS did not take the message. Where it has been run all the same, its record stays. */
  forgetQueued(id: string): Promise<void>;
  /** By task id; those without a record are left out. */
  readMany(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, TaskRecord>>;
  readonly attempts: AttemptRecords;
  readonly keys: IdempotencyKeys;
  readonly workflows: WorkflowRecords;
  readonly schedules: ScheduleRuns;
}

export type QueuedFacts = Pick<AttemptFacts, 'id' | 'task' | 'queue' | 'traceId' | 'workflow'> & {
  /** Until when it is delayed on purpose. */
  notBefore?: Date;
};

const KEEP_SECONDS = 7 * 86_400;
const FIRST_PAUSE_MS = 100;
const MAX_PAUSE_MS = 1_000;

/**
 * The AWS SDK begins to load here, while the rest of a cold start goes on.
 *
 * @throws InvalidSetting for `keepSeconds` that is none.
 */
export function createTaskState(options: TaskStateOptions): TaskState {
  const { table, client, keepSeconds = KEEP_SECONDS } = options;
  if (!(Number.isInteger(keepSeconds) && keepSeconds > 0)) {
    const problem = `is ${keepSeconds}; give a whole number of seconds over 0.`;
    throw new InvalidSetting('keepSeconds', problem);
  }
  const loading = import('./table-calls.ts').then(({ createTableCalls }) =>
    createTableCalls(table, client),
  );
  // Whoever calls sees it.
  loading.catch(() => {});
  const calls: TableCalls = {
    get: async (...rest) => (await loading).get(...rest),
    getMany: async (...rest) => (await loading).getMany(...rest),
    create: async (...rest) => (await loading).create(...rest),
    change: async (...rest) => (await loading).change(...rest),
    remove: async (...rest) => (await loading).remove(...rest),
  };
  const workflows = createWorkflowRecords(calls, keepSeconds);
  const read: TaskState['read'] = async (id, signal) => {
    const item = await calls.get(taskKey(id), signal);
    return item && describe(item, id, signal);
  };
  const describe = async (item: Item, id: string, signal?: AbortSignal) =>
    isWorkflow(item)
      ? toWorkflowRecord(item, await workflows.steps(id, signal))
      : toTaskRecord(item, id);
  return {
    read,
    async wait(id, timeoutMs, { expected = false } = {}) {
      const end = Date.now() + timeoutMs;
      let item: Item | undefined;
      const look = async () => {
        try {
          item = await calls.get(taskKey(id));
        } catch (error) {
          // What is waited for is there: the table may answer again.
          if (!expected) throw error;
        }
      };
      await look();
      const isOpen = () => (item === undefined ? expected : !hasEnded(statusOf(item)));
      for (let ms = FIRST_PAUSE_MS; isOpen(); ms *= 1.5) {
        const left = end - Date.now();
        if (left <= 0) break;
        await pause(Math.min(ms, MAX_PAUSE_MS, left));
        await look();
      }
      return item && describe(item, id);
    },
    async revoke(id) {
      const workflow = await workflows.read(id);
      if (workflow === undefined) return revokeTask(calls, id);
      const { status } = (await workflows.revoke(id)) ?? workflow;
      const { steps } = workflow;
      if (status === 'completed') return { kind: 'ended', status };
      await revokeSteps(calls, { id, steps });
      return { kind: 'revoked' };
    },
    findRevoked: (ids, signal) => findRevoked(calls, ids, signal),
    createQueued: (message, signal) => calls.create(queuedItem(message, Date.now()), signal),
    async forgetQueued(id) {
      const condition = '#status = :queued';
      await calls.remove(taskKey(id), { condition, values: { queued: 'queued' } });
    },
    async readMany(ids, signal) {
      const items = await calls.getMany(ids.map(taskKey), signal);
      const records = new Map<string, TaskRecord>();
      for (const id of ids) {
        const item = items.get(taskKey(id));
        if (item) records.set(id, toTaskRecord(item, id));
      }
      return records;
    },
    attempts: createAttemptRecords(calls, keepSeconds),
    keys: createIdempotencyKeys(calls),
    workflows,
    schedules: createScheduleRuns(calls),
  };
}

function statusOf(item: Item): { status: string } {
  return { status: textOf(item, 'status') ?? '' };
}
