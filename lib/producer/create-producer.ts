import type { SQSClient } from '@aws-sdk/client-sqs';
import { InvalidSetting } from '../errors/invalid-setting.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { createListenerCalls, type ListenerCalls } from '../instrumentation/listener-calls.ts';
import { createLog } from '../instrumentation/log.ts';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Revocation } from '../state/revocations.ts';
import type { TaskRecord } from '../state/task-record.ts';
import type { WorkflowRecord } from '../state/workflow-records.ts';
import type { Task, TaskInput } from '../task/define-task.ts';
import type { LifecycleEmitter } from '../task/lifecycle.ts';
import type { Workflow } from '../task/workflow.ts';
import type { PreparedMessage } from './build-message.ts';
import { type EnqueueResult, enqueueMany } from './enqueue-many.ts';
import { type Enqueued, enqueueOne } from './enqueue-one.ts';
import type { EnqueueOptions, QueueUrls } from './enqueue-options.ts';
import type { EnqueuedWorkflow } from './enqueue-workflow.ts';
import {
  createMessageScheduler,
  type MessageScheduler,
  type SchedulerOptions,
} from './message-scheduler.ts';
import { prepareMessage } from './prepare-message.ts';
import { prepareMessages } from './prepare-messages.ts';
import { createQueuedRecords, type QueuedRecords } from './queued-records.ts';
import { createTimedSender, type TimedSender } from './send-message.ts';
import { checkWaitSeconds, waitForResult } from './wait-for-result.ts';

export interface ProducerOptions {
  /** Queue URLs by logical name, e.g. `{ default: { url: 'https://sqs...' } }`. */
  queues: QueueUrls;
  client: Pick<SQSClient, 'send'>;
  /** Keeps messages for later than 15 minutes, and on FIFO queues for later at all: the option `at`. @default none */
  scheduler?: SchedulerOptions;
  /** Listeners of `beforeEnqueue` and `afterEnqueue`. @default none */
  lifecycle?: LifecycleEmitter;
  /** Results, revocation, chains and groups, by `createTaskState`. @default none: these throw */
  state?: TaskState;
  /** Names the service in the producer's log lines. @default service `leadline`, level info */
  telemetry?: Pick<TelemetryHandle, 'serviceName' | 'logLevel'>;
}

export interface Producer {
  /**
   * Sends one message of a task. When it resolves, SQS has it, or EventBridge Scheduler for `at`;
   * when it rejects, nothing was sent or they did not say that they took it. The active span's context travels with the message.
   *
   * @throws InvalidPayload, InvalidEnqueueOptions, MessageTooLarge before anything is sent;
   * EnqueueFailed when SQS refuses or cannot be reached.
   */
  enqueue<T extends Task>(
    task: T,
    payload: TaskInput<T>,
    options?: EnqueueOptions,
  ): Promise<Enqueued>;
  /**
   * Sends many messages of a task in batches of up to 10 messages and 1 MiB, side by side. What
   * SQS does not take at first is sent again with backoff. On FIFO queues a batch holds one
   * message of a group, so that a group keeps its order, and the messages behind one that failed
   * are not sent.
   *
   * @param options for all, or a function of payload and index.
   * @returns one result a payload, in their order: what failed is told and never thrown away.
   * @throws InvalidPayload (paths begin with the index), InvalidEnqueueOptions, MessageTooLarge:
   * then nothing was sent.
   */
  enqueueMany<T extends Task>(
    task: T,
    payloads: readonly TaskInput<T>[],
    options?: EnqueueOptions | ((payload: TaskInput<T>, index: number) => EnqueueOptions),
  ): Promise<EnqueueResult[]>;
  /**
   * Sends a message and waits for what its task returns.
   *
   * @param options `waitSeconds` is how long, over all attempts. @default 30
   * @returns the result; undefined where the task returned nothing.
   * @throws what `enqueue` throws; TaskFailed when the task fails, is revoked or has a result that
   * is not kept; ResultTimeout when it has not ended by then; StateUnavailable.
   */
  enqueueAndWait<T extends Task>(
    task: T,
    payload: TaskInput<T>,
    options?: EnqueueOptions & { waitSeconds?: number },
  ): Promise<unknown>;
  /**
   * Starts a chain or a group. Its steps run once each, in one trace, and each is told what the
   * one before returned.
   *
   * @throws what `enqueueMany` throws, for any step whose payload is known: then nothing was sent;
   * EnqueueFailed when SQS does not take a first message: then all of it is revoked;
   * StateUnavailable: then nothing was sent.
   */
  enqueueWorkflow(workflow: Workflow): Promise<EnqueuedWorkflow>;
  /**
   * What is known of a task, or of a chain or a group; undefined for an id without a record.
   * @throws StateUnavailable
   */
  result(id: string): Promise<TaskRecord | WorkflowRecord | undefined>;
  /**
   * Keeps a task that waits from running, and aborts one that runs within 5 s.
   * @throws StateUnavailable
   */
  revoke(id: string): Promise<Revocation>;
}

/** What sending needs of its producer. */
export interface ProducerEnvironment {
  readonly sender: TimedSender;
  readonly instruments: Instruments;
  readonly listeners: ListenerCalls;
  readonly scheduler: MessageScheduler | undefined;
  readonly records: QueuedRecords;
}

/** A producer of task messages. Make one and keep it: it holds the SQS client's connections. */
export function createProducer(options: ProducerOptions): Producer {
  const { queues, client, lifecycle, telemetry, state } = options;
  const scheduler = options.scheduler && createMessageScheduler(options.scheduler);
  const hasScheduler = scheduler !== undefined;
  const log = createLog({
    service: telemetry?.serviceName ?? 'leadline',
    level: telemetry?.logLevel ?? 'info',
  });
  const records = createQueuedRecords(state, log);
  let instruments: Instruments | undefined;
  const withEnvironment = async <Result>(
    messages: readonly PreparedMessage[],
    send: (environment: ProducerEnvironment) => Promise<Result>,
  ): Promise<Result> => {
    // Meters have no proxy: made at the first use, when the telemetry has been started.
    instruments ??= createInstruments();
    const sender = createTimedSender(client, instruments.clientOperationDuration);
    const listeners = createListenerCalls(lifecycle, log);
    for (const { id, task, queue, payload } of messages) {
      listeners.emit('beforeEnqueue', { task: task.name, id, queue: queue.name, payload });
    }
    try {
      return await send({ sender, instruments, listeners, records, scheduler });
    } finally {
      await listeners.settle();
    }
  };
  const enqueue: Producer['enqueue'] = async (task, payload, options = {}) => {
    const message = await prepareMessage(task, payload, queues, options, hasScheduler);
    return withEnvironment([message], (environment) => enqueueOne(message, environment));
  };
  const sendAll = (messages: readonly PreparedMessage[]) =>
    withEnvironment(messages, (environment) => enqueueMany(messages, environment));
  return {
    enqueue,
    async enqueueMany(task, payloads, options = {}) {
      const optionsOf = typeof options === 'function' ? options : () => options;
      return sendAll(await prepareMessages(task, payloads, queues, optionsOf, hasScheduler));
    },
    async enqueueAndWait(task, payload, { waitSeconds = 30, ...rest } = {}) {
      const known = requireState(state);
      checkWaitSeconds(waitSeconds);
      const { id } = await enqueue(task, payload, rest);
      return waitForResult(known, id, waitSeconds);
    },
    async enqueueWorkflow(workflow) {
      const known = requireState(state);
      // Most producers send none: their cold start does not load it.
      const { enqueueWorkflow } = await import('./enqueue-workflow.ts');
      return enqueueWorkflow(workflow, queues, known, sendAll);
    },
    result: async (id) => requireState(state).read(id),
    revoke: async (id) => requireState(state).revoke(id),
  };
}

function requireState(state: TaskState | undefined): TaskState {
  if (state !== undefined) return state;
  throw new InvalidSetting(
    'TASK_TABLE',
    'is not set: results, revocation, chains and groups need task state. Hand createProducer one of createTaskState.',
  );
}
