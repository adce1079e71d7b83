import type { StandardSchemaV1 } from '@standard-schema/spec';
import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';
import { DEFAULT_RETRY } from './retry-delay.ts';
import type { TaskScheduleEntry } from './task-schedule.ts';

/** When a failed attempt is tried again: seconds, uniform in [min, min(max, min × 2^attempt)]. */
export interface RetryPolicy {
  /** Attempts in all, the first included. @default 5 */
  readonly maxAttempts: number;
  /** @default 2 */
  readonly minDelaySeconds: number;
  /** @default 300 */
  readonly maxDelaySeconds: number;
  /**
   * Decides for one error: `false` is not to be tried again, a number is the delay in seconds, and
   * `true` or nothing is the backoff. Asked only while attempts are left.
   */
  readonly when?: RetryDecision;
}

export type RetryDecision = (error: unknown, attempt: number) => boolean | number | undefined;

export interface TaskOptions<Schema extends StandardSchemaV1> {
  /** `^[a-z][a-z0-9_.-]{0,79}$`: in the URL, on the wire and in every metric. */
  name: string;
  /** Logical name of the queue, a key of `QUEUES`. @default 'default' */
  queue?: string;
  /** Any Standard Schema (zod, valibot, arktype, …): https://standardschema.dev */
  payload: Schema;
  retry?: Partial<RetryPolicy>;
  /** How long one attempt may take, in seconds, before its AbortSignal fires. @default 30 */
  timeoutSeconds?: number;
  /** Whether `POST /tasks/{task}` may enqueue it. @default false */
  http?: boolean;
  /** When it is enqueued by itself; `checkSchedules` holds it against its rules. @default never */
  schedule?: readonly TaskScheduleEntry<NoInfer<StandardSchemaV1.InferInput<Schema>>>[];
  /**
   * Runs once, however often its message is delivered: `true` for the task id, or a function that
   * gives the key of the effect, so that two messages of one key are one effect. Needs task state.
   * @default false
   */
  idempotent?: boolean | ((payload: NoInfer<StandardSchemaV1.InferOutput<Schema>>) => string);
  /** Names of the tasks that its work enqueues: the worker may send to their queues. @default none */
  enqueues?: readonly string[];
}

/** The contract of a task, shared by whoever enqueues it and the worker that runs it. */
export interface Task<Schema extends StandardSchemaV1 = StandardSchemaV1> {
  readonly name: string;
  readonly queue: string;
  readonly payload: Schema;
  readonly retry: RetryPolicy;
  readonly timeoutSeconds: number;
  readonly http: boolean;
  readonly schedule: readonly TaskScheduleEntry<StandardSchemaV1.InferInput<Schema>>[];
  readonly enqueues: readonly string[];
  /** Whether a duplicate of its message is kept from running. */
  readonly idempotent: boolean;
  /** The key of the effect, where it is not the task id. As a method, as in `TaskImplementation`. */
  effectKey?(payload: StandardSchemaV1.InferOutput<Schema>): string;
}

/** What a producer passes in. */
export type TaskInput<T extends Task> = StandardSchemaV1.InferInput<T['payload']>;
/** What the implementation receives: the schema's output. */
export type TaskPayload<T extends Task> = StandardSchemaV1.InferOutput<T['payload']>;

const TASK_NAME = /^[a-z][a-z0-9_.-]{0,79}$/;
const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/;

/**
 * Defines the contract of a task. The work is in its own file, see `implementTask`:
 * a bundler cannot drop it from a producer when the two share a module.
 *
 * @throws InvalidTaskDefinition for a bad name, queue, schema or number. Schedules are checked by
 * `checkSchedules`, where they are run: every cold start would pay for it here.
 */
export function defineTask<const Schema extends StandardSchemaV1>(
  options: TaskOptions<Schema>,
): Task<Schema> {
  const { name, queue = 'default', payload, timeoutSeconds = 30, http = false } = options;
  const { schedule = [], enqueues = [], idempotent = false } = options;
  const retry = { ...DEFAULT_RETRY, ...options.retry };
  const problem = (text: string) =>
    new InvalidTaskDefinition(`Task ${JSON.stringify(name)}: ${text}`);

  if (typeof name !== 'string' || !TASK_NAME.test(name)) {
    throw problem(
      'a name is 1 to 80 characters of a-z, 0-9, "_", "." and "-", and begins with a letter.',
    );
  }
  if (typeof queue !== 'string' || !QUEUE_NAME.test(queue)) {
    throw problem(`queue is ${JSON.stringify(queue)}; use 1 to 80 letters, digits, "_" and "-".`);
  }
  if (typeof payload?.['~standard']?.validate !== 'function') {
    throw problem('payload is not a Standard Schema; give e.g. z.object({ ... }) of zod.');
  }
  if (!Number.isInteger(retry.maxAttempts) || retry.maxAttempts < 1 || retry.maxAttempts > 900) {
    throw problem(`retry.maxAttempts is ${retry.maxAttempts}; use a whole number from 1 to 900.`);
  }
  for (const key of ['minDelaySeconds', 'maxDelaySeconds'] as const) {
    const value = retry[key];
    // SQS keeps a message invisible for at most 12 hours.
    if (!Number.isInteger(value) || value < 0 || value > 43_200) {
      throw problem(`retry.${key} is ${value}; use a whole number of seconds from 0 to 43200.`);
    }
  }
  if (retry.when !== undefined && typeof retry.when !== 'function') {
    throw problem('retry.when is not a function of (error, attempt).');
  }
  if (retry.minDelaySeconds > retry.maxDelaySeconds) {
    throw problem(
      `retry.minDelaySeconds (${retry.minDelaySeconds}) is over maxDelaySeconds (${retry.maxDelaySeconds}).`,
    );
  }
  // A Lambda function runs for at most 15 minutes.
  if (typeof timeoutSeconds !== 'number' || !(timeoutSeconds > 0 && timeoutSeconds <= 900)) {
    throw problem(`timeoutSeconds is ${timeoutSeconds}; use a number over 0 and up to 900.`);
  }
  for (const other of enqueues) {
    if (typeof other !== 'string' || !TASK_NAME.test(other)) {
      throw problem(`enqueues has ${JSON.stringify(other)}; give the names of tasks.`);
    }
  }
  if (typeof idempotent !== 'boolean' && typeof idempotent !== 'function') {
    throw problem('idempotent is neither true nor a function of the payload that gives a key.');
  }
  return Object.freeze({
    name,
    queue,
    payload,
    retry: Object.freeze(retry),
    timeoutSeconds,
    http,
    schedule: Object.freeze([...schedule]),
    enqueues: Object.freeze([...enqueues]),
    idempotent: idempotent !== false,
    ...(typeof idempotent === 'function' && { effectKey: idempotent }),
  });
}
