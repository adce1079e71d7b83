// process-tasks with the sample task made idempotent. Leadline's own, and here since the sample
// project's task is not.
import { readQueues, readTaskTable } from '../../functions/env.ts';
import { implementations } from '../../functions/tasks/implementations.ts';
import { processOrder } from '../../functions/tasks/process-order.ts';
import { defineTask, implementTask } from '../../lib/index.ts';
import { createTaskState } from '../../lib/state.ts';
import { startTelemetry } from '../../lib/telemetry.ts';
import { createWorker } from '../../lib/worker.ts';

const { name, queue, payload } = processOrder;
const { run } = implementations.find(({ task }) => task.name === name);
const once = defineTask({ name, queue, payload, idempotent: true });
const state = createTaskState({ table: readTaskTable() });
const telemetry = await startTelemetry({ flush: 'adaptive' });

export const handler = createWorker([implementTask(once, run)], {
  queues: readQueues(),
  telemetry,
  state,
});
