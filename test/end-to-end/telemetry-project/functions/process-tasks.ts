import { readQueues, readTaskTable } from '../../../../functions/env.ts';
import { createLifecycle } from '../../../../lib/index.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { createWorker, type Worker } from '../../../../lib/worker.ts';
import { implementations } from './tasks/implementations.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({ flush: 'adaptive' });
const table = readTaskTable();
const state = table
  ? (await import('../../../../lib/state.ts')).createTaskState({ table })
  : 'not-needed';
const lifecycle = createLifecycle();
lifecycle.on('taskCompleted', ({ id }) => {
  if (id === 'listener-throws') throw new Error('the listener is broken');
  return id === 'listener-hangs' ? new Promise(() => {}) : undefined;
});
lifecycle.on('workerShuttingDown', () => {
  throw new Error('the listener is broken');
});

export const handler: Worker = createWorker(implementations, {
  queues: readQueues(),
  contracts: tasks,
  telemetry,
  lifecycle,
  state,
  acknowledge: process.env['ACKNOWLEDGE'] === 'each' ? 'each' : 'batch',
});
