import middy from '@middy/core';
import type { Context as LambdaContext, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { InvalidSetting } from '../errors/invalid-setting.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { createLog } from '../instrumentation/log.ts';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';
import type { Task } from '../task/define-task.ts';
import type { TaskImplementation } from '../task/implement-task.ts';
import { createImplementationRegistry } from '../task/task-registry.ts';
import { flushTelemetry } from './flush-telemetry.ts';
import { processBatch } from './process-batch.ts';
import { createQueueIndex, type WorkerQueues } from './queue-index.ts';
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
}

/** A Lambda handler for an SQS event source mapping with `ReportBatchItemFailures`. */
export type Worker = (event: SQSEvent, context: LambdaContext) => Promise<SQSBatchResponse>;

const MAX_CONCURRENCY = 10;
/** Before the invocation's timeout, so that what was done can still be answered. */
const DEADLINE_MARGIN_MS = 1_500;

/**
 * A worker for these implementations: runs every record in its own span and answers with the
 * records that failed, which SQS then delivers again.
 *
 * @throws InvalidTaskDefinition for two tasks of one name or a contract without implementation;
 * InvalidSetting without any queue.
 */
export function createWorker(
  implementations: readonly TaskImplementation[],
  options: WorkerOptions,
): Worker {
  const { queues, contracts, telemetry } = options;
  const registry = createImplementationRegistry(implementations, contracts);
  if (Object.keys(queues).length === 0) {
    throw new InvalidSetting(
      'QUEUES',
      'names no queue; a worker needs the queue that it consumes.',
    );
  }
  const findQueue = createQueueIndex(queues);
  const serviceLog = createLog({
    service: telemetry?.serviceName ?? 'leadline',
    level: telemetry?.logLevel ?? 'info',
  });
  let instruments: Instruments | undefined;

  const worker = middy<SQSEvent, SQSBatchResponse>();
  if (telemetry !== undefined) worker.use(flushTelemetry(telemetry));
  const traced = worker
    .use(traceContext({ queues, ...(telemetry && { traceMode: telemetry.traceMode }) }))
    .handler(async (event, context) => {
      const log = serviceLog.bind({
        requestId: context.awsRequestId,
        context: context.batchTrace.invocation,
      });
      if (instruments === undefined) log.info('worker ready', { tasks: [...registry.keys()] });
      instruments ??= createInstruments();
      const remainingMs = context.getRemainingTimeInMillis();
      const deadline = Date.now() + remainingMs - Math.min(DEADLINE_MARGIN_MS, remainingMs / 2);
      const concurrency = options.concurrency ?? Math.min(event.Records.length, MAX_CONCURRENCY);
      const { batchTrace } = context;
      return processBatch(
        event.Records,
        { findQueue, concurrency },
        { registry, instruments, batchTrace, log, deadline },
      );
    });
  // Lambda calls with its own context; the middleware adds the trace before the handler sees it.
  return async (event, context) => traced(event, context as TracedContext);
}
