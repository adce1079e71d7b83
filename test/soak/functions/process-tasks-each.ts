import { readQueues, readTaskTable } from '../../../functions/env.ts';
import { createTaskState } from '../../../lib/state.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { createWorker, type Worker } from '../../../lib/worker.ts';
import { lifecycle, recordInvocations } from './tasks/run-record.ts';
import { implementations } from './tasks/soak-task.run.ts';
import { soakTasks } from './tasks/soak-task.ts';

const telemetry = await startTelemetry();

/** As process-tasks, but every message is deleted as it is finished. */
export const handler: Worker = recordInvocations(
  createWorker(implementations, {
    queues: readQueues(),
    contracts: soakTasks,
    telemetry,
    lifecycle,
    state: createTaskState({ table: readTaskTable() ?? '' }),
    concurrency: 5,
    acknowledge: 'each',
  }),
);
