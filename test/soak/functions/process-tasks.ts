import { readQueues, readTaskTable } from '../../../functions/env.ts';
import { createTaskState } from '../../../lib/state.ts';
import { startTelemetry } from '../../../lib/telemetry.ts';
import { createWorker, type Worker } from '../../../lib/worker.ts';
import { lifecycle, recordInvocations } from './tasks/run-record.ts';
import { implementations } from './tasks/soak-task.run.ts';
import { soakTasks } from './tasks/soak-task.ts';

const telemetry = await startTelemetry();

export const handler: Worker = recordInvocations(
  createWorker(implementations, {
    queues: readQueues(),
    contracts: soakTasks,
    telemetry,
    lifecycle,
    state: createTaskState({ table: readTaskTable() ?? '' }),
    // Half a batch: what overruns keeps others waiting, so that some meet the deadline unstarted.
    concurrency: 5,
  }),
);
