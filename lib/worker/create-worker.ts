import middy from '@middy/core';
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { InvalidSetting } from '../errors/invalid-setting.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { createListenerCalls } from '../instrumentation/listener-calls.ts';
import { createLog } from '../instrumentation/log.ts';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Task } from '../task/define-task.ts';
import type { TaskImplementation } from '../task/implement-task.ts';
import type { LifecycleEmitter } from '../task/lifecycle.ts';
import type { Log } from '../task/task-context.ts';
import { createImplementationRegistry } from '../task/task-registry.ts';
import { flushTelemetry } from './flush-telemetry.ts';
import { startDeadline } from './invocation-deadline.ts';
import { processBatch } from './process-batch.ts';
import { type MessageResult, staysOnQueue } from './process-message.ts';
import { createQueueIndex, type WorkerQueues } from './queue-index.ts';
import type { SqsCalls, SqsSender } from './sqs-calls.ts';
import { type TracedContext, traceContext } from './trace-context.ts';

export interface WorkerOptions {
  /** The queues that the worker consumes, by logical name. */
  queues: WorkerQueues;
  /** Every contract that messages may name: one without an implementation fails the start. */
  contracts?: readonly Task[];
  /** @default none: spans go to whatever OpenTelemetry set-up there is, and nothing is flushed */
  telemetry?: TelemetryHandle;
  /** Records of a batch that run at a time. @default the batch's size, at most 10 */
  concurrency?: number;
  /**
   * `each` deletes every message as it is finished, so that a killed process brings back only what
   * it had not finished, at the price of one SQS call a message. @default 'batch'
   */
  acknowledge?: 'batch' | 'each';
  /** Listeners of the worker's events. @default none */
  lifecycle?: LifecycleEmitter;
  /** The SQS client. @default one with the SDK's own defaults, loaded when it is first needed */
  client?: SqsSender;
  /**
   * Results, protection from duplicates, revocation, chains and groups, by `createTaskState`.
   * `not-needed` runs idempotent tasks without protection, as `leadline/testing` does.
   * @default none; with an idempotent task the worker does not start
   */
  state?: TaskState | 'not-needed';
  /** Is told the result of each record; `leadline/testing` uses it. */
  onResults?: (results: readonly MessageResult[]) => void;
}

/** A Lambda handler for an SQS event source mapping with `ReportBatchItemFailures`. */
export type Worker = (event: SQSEvent, context: LambdaContext) => Promise<SQSBatchResponse>;

const MAX_CONCURRENCY = 10;
/** Lambda kills the process 500 ms after SIGTERM, and the last flush needs some of it. */
const SHUTDOWN_LISTENER_BOUND_MS = 200;

/**
 * A worker for these implementations. Every record runs in its own span, and the answer names
 * those that are to be delivered again. Nothing is lost: a message is done, still on its queue,
 * or in its dead-letter queue.
 *
 * @throws InvalidTaskDefinition for two tasks of one name or a contract without implementation;
 * InvalidSetting without any queue, for a concurrency below 1, or for an idempotent task without
 * task state.
 */
export function createWorker(
  implementations: readonly TaskImplementation[],
  options: WorkerOptions,
): Worker {
  const { queues, contracts, telemetry, lifecycle, acknowledge = 'batch' } = options;
  const registry = createImplementationRegistry(implementations, contracts);
  if (Object.keys(queues).length === 0) {
    throw new InvalidSetting(
      'QUEUES',
      'names no queue; a worker needs the queue that it consumes.',
    );
  }
  const state = options.state === 'not-needed' ? undefined : options.state;
  const unprotected = implementations.find(({ task }) => task.idempotent)?.task.name;
  if (unprotected !== undefined && options.state === undefined) {
    throw new InvalidSetting(
      'TASK_TABLE',
      `is not set, and task "${unprotected}" is idempotent: it needs task state.`,
    );
  }
  const { concurrency = MAX_CONCURRENCY } = options;
  if (!(concurrency >= 1)) {
    throw new InvalidSetting('concurrency', `is ${concurrency}; use a number of 1 or more.`);
  }
  const findQueue = createQueueIndex(queues);
  const tasks = [...registry.keys()];
  const serviceLog = createLog({
    service: telemetry?.serviceName ?? 'leadline',
    level: telemetry?.logLevel ?? 'info',
    ...(telemetry?.writeLog && { write: telemetry.writeLog }),
  });
  let instruments: Instruments | undefined;
  let sqsCalls: Promise<SqsCalls> | undefined;
  const sqs = () => {
    sqsCalls ??= import('./sqs-calls.ts').then(({ createSqsCalls }) =>
      createSqsCalls(options.client),
    );
    return sqsCalls;
  };
  const recording = state && import('./task-recorder.ts');
  telemetry?.onShutdown(async () => {
    const calls = createListenerCalls(lifecycle, serviceLog);
    serviceLog.info('worker shutting down');
    calls.emit('workerShuttingDown', { tasks });
    await calls.settle(SHUTDOWN_LISTENER_BOUND_MS);
  });

  const worker = middy<SQSEvent, SQSBatchResponse>();
  if (telemetry !== undefined) worker.use(flushTelemetry(telemetry));
  const traced = worker
    .use(traceContext({ queues, ...(telemetry && { traceMode: telemetry.traceMode }) }))
    .handler(async (event, context) => {
      const { batchTrace, awsRequestId: requestId } = context;
      const receivedAt = Date.now();
      const log = serviceLog.bind({ requestId, context: batchTrace.invocation });
      const listeners = createListenerCalls(lifecycle, log);
      if (instruments === undefined) {
        log.info('worker ready', { tasks });
        listeners.emit('workerReady', { tasks });
      }
      instruments ??= createInstruments();
      const deadline = startDeadline(
        context.getRemainingTimeInMillis(),
        telemetry?.flushBeforeResponseMs ?? 0,
      );
      const batchLength = event.Records.length;
      const recorder = state && (await recording)?.createTaskRecorder(state, log);
      const results = await processBatch(
        event.Records,
        { findQueue, concurrency },
        {
          registry,
          instruments,
          batchTrace,
          log,
          deadline,
          sqs,
          ...(lifecycle && { emit: listeners.emit }),
          acknowledge,
          receivedAt,
          batchLength,
          requestId,
          queues,
          ...(recorder && { recorder }),
        },
      );
      deadline.clear();
      await listeners.settle(deadline.untilAnswerMs());
      tellResults(options.onResults, results, log);
      return toResponse(results);
    });
  // Lambda calls with its own context; the middleware adds the trace before the handler sees it.
  return async (event, context) => traced(event, context as TracedContext);
}

/** After the work: whoever listens must not undo it. */
function tellResults(
  onResults: WorkerOptions['onResults'],
  results: readonly MessageResult[],
  log: Log,
): void {
  try {
    onResults?.(results);
  } catch (error) {
    log.error('onResults failed', { error });
  }
}

function toResponse(results: readonly MessageResult[]): SQSBatchResponse {
  return {
    batchItemFailures: results
      .filter(({ outcome }) => staysOnQueue(outcome))
      .map(({ record }) => ({ itemIdentifier: record.messageId })),
  };
}
