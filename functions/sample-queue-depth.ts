import {
  createQueueDepthHandler,
  type QueueDepthHandler,
  type ScheduleWatch,
} from '../lib/queue-depth.ts';
import { startTelemetry } from '../lib/telemetry.ts';
import {
  readCloudWatchSettings,
  readDepthSettings,
  readQueueSource,
  readTaskTable,
} from './env.ts';

const telemetry = await startTelemetry({
  flush: 'before-response',
  identity: 'function',
  compression: 'gzip',
});

const schedules = await watchSchedules(readTaskTable());

/** Invoked by a schedule, once a minute. */
export const handler: QueueDepthHandler = createQueueDepthHandler({
  source: readQueueSource(),
  telemetry,
  cloudWatch: readCloudWatchSettings(),
  ...readDepthSettings(),
  ...(schedules && { schedules }),
});

/** When schedules last ran is in the table. Without one, or without schedules, nothing of it is loaded. */
async function watchSchedules(table: string | undefined): Promise<ScheduleWatch | undefined> {
  if (table === undefined) return undefined;
  const { tasks } = await import('./tasks/index.ts');
  if (tasks.every(({ schedule }) => schedule.length === 0)) return undefined;
  const { createTaskState } = await import('../lib/state.ts');
  const { schedules: runs } = createTaskState({ table });
  return { tasks, readLastRuns: runs.last, noteFirstSeen: runs.noteFirstSeen };
}
