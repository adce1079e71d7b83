import { startTelemetry } from '../lib/telemetry.ts';
import { createWorker, type Worker } from '../lib/worker.ts';
import { readQueues, readTaskTable } from './env.ts';
import { implementations } from './tasks/implementations.ts';
import { tasks } from './tasks/index.ts';

const table = readTaskTable();
// Without a table nothing of it is loaded. First, so that the client of DynamoDB loads while telemetry
// starts: later it would load in the first invocation.
const state = table ? (await import('../lib/state.ts')).createTaskState({ table }) : undefined;
const telemetry = await startTelemetry({ flush: 'adaptive' });

/** The consumer of one queue: an SQS event source mapping with ReportBatchItemFailures. */
export const handler: Worker = createWorker(implementations, {
  queues: readQueues(),
  contracts: tasks,
  telemetry,
  ...(state && { state }),
});
