import type { SQSClient } from '@aws-sdk/client-sqs';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { createListenerCalls, type ListenerCalls } from '../instrumentation/listener-calls.ts';
import { createLog } from '../instrumentation/log.ts';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';
import type { Task, TaskInput } from '../task/define-task.ts';
import type { LifecycleEmitter } from '../task/lifecycle.ts';
import type { PreparedMessage } from './build-message.ts';
import { type EnqueueResult, enqueueMany } from './enqueue-many.ts';
import { type Enqueued, enqueueOne } from './enqueue-one.ts';
import type { EnqueueOptions, QueueUrls } from './enqueue-options.ts';
import {
  createMessageScheduler,
  type MessageScheduler,
  type SchedulerOptions,
} from './message-scheduler.ts';
import { prepareMessage } from './prepare-message.ts';
import { prepareMessages } from './prepare-messages.ts';
import { createTimedSender, type TimedSender } from './send-message.ts';

export interface ProducerOptions {
  /** Queue URLs by logical name, e.g. `{ default: { url: 'https://sqs...' } }`. */
  queues: QueueUrls;
  client: Pick<SQSClient, 'send'>;
  /** Keeps messages for later than 15 minutes, and on FIFO queues for later at all: the option `at`. @default none */
  scheduler?: SchedulerOptions;
  /** Listeners of `beforeEnqueue` and `afterEnqueue`. @default none */
  lifecycle?: LifecycleEmitter;
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
}

/** What sending needs of its producer. */
export interface ProducerEnvironment {
  readonly sender: TimedSender;
  readonly instruments: Instruments;
  readonly listeners: ListenerCalls;
  readonly scheduler: MessageScheduler | undefined;
}

/** A producer of task messages. Make one and keep it: it holds the SQS client's connections. */
export function createProducer(options: ProducerOptions): Producer {
  const { queues, client, lifecycle, telemetry } = options;
  const scheduler = options.scheduler && createMessageScheduler(options.scheduler);
  const hasScheduler = scheduler !== undefined;
  const log = createLog({
    service: telemetry?.serviceName ?? 'leadline',
    level: telemetry?.logLevel ?? 'info',
  });
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
      return await send({ sender, instruments, listeners, scheduler });
    } finally {
      await listeners.settle();
    }
  };
  return {
    async enqueue(task, payload, options = {}) {
      const message = await prepareMessage(task, payload, queues, options, hasScheduler);
      return withEnvironment([message], (environment) => enqueueOne(message, environment));
    },
    async enqueueMany(task, payloads, options = {}) {
      const optionsOf = typeof options === 'function' ? options : () => options;
      const messages = await prepareMessages(task, payloads, queues, optionsOf, hasScheduler);
      return withEnvironment(messages, (environment) => enqueueMany(messages, environment));
    },
  };
}
