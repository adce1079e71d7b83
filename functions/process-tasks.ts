import { startTelemetry } from '../lib/telemetry.ts';
import { createWorker, type Worker } from '../lib/worker.ts';
import { readQueues } from './env.ts';
import { implementations } from './tasks/implementations.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'adaptive' });

/** The consumer of one queue: an SQS event source mapping with ReportBatchItemFailures. */
export const handler: Worker = createWorker(implementations, {
  queues: readQueues(),
  contracts: tasks,
  telemetry,
});
