import { startTelemetry } from '../lib/telemetry.ts';
import { createWorker, type Worker } from '../lib/worker.ts';
import { readQueues, readTaskTable } from './env.ts';
import { implementations } from './tasks/implementations.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'adaptive' });
const table = readTaskTable();
// Without a table nothing of it is loaded.
const state = table ? (await import('../lib/state.ts')).createTaskState({ table }) : undefined;

/** The consumer of one queue: an SQS event source mapping with ReportBatchItemFailures. */
export const handler: Worker = createWorker(implementations, {
  queues: readQueues(),
  contracts: tasks,
  telemetry,
  ...(state && { state }),
});
