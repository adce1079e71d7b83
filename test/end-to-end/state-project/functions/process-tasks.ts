import { readQueues, readTaskTable } from '../../../../functions/env.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { createWorker, type Worker } from '../../../../lib/worker.ts';
import { implementations } from './tasks/implementations.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'after-response' });
const table = readTaskTable();
const state = table
  ? (await import('../../../../lib/state.ts')).createTaskState({ table })
  : undefined;

export const handler: Worker = createWorker(implementations, {
  queues: readQueues(),
  contracts: tasks,
  telemetry,
  ...(state && { state }),
});
