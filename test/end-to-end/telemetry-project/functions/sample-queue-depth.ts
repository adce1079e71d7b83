import {
  readCloudWatchSettings,
  readDepthSettings,
  readQueueSource,
  readTaskTable,
} from '../../../../functions/env.ts';
import { createQueueDepthHandler, type QueueDepthHandler } from '../../../../lib/queue-depth.ts';
import { createTaskState } from '../../../../lib/state.ts';
import { startTelemetry } from '../../../../lib/telemetry.ts';
import { tasks } from './tasks/index.ts';

const telemetry = await startTelemetry({
  flush: 'before-response',
  identity: 'function',
  compression: 'gzip',
});
const table = readTaskTable();
const runs = table === undefined ? undefined : createTaskState({ table }).schedules;

/** The project's own, with tasks of which one has a schedule. */
export const handler: QueueDepthHandler = createQueueDepthHandler({
  source: readQueueSource(),
  telemetry,
  cloudWatch: readCloudWatchSettings(),
  ...readDepthSettings(),
  ...(runs && {
    schedules: { tasks, readLastRuns: runs.last, noteFirstSeen: runs.noteFirstSeen },
  }),
});
