import { SCHEDULE_NAME, TASK_NAME } from '../instrumentation/attributes.ts';
import type { Gauge } from '../instrumentation/telemetry-handle.ts';
import { overdueSeconds } from '../task/overdue-seconds.ts';
import { scheduleName } from '../task/task-schedule.ts';
import type { ScheduleWatch } from './schedule-watch.ts';

/**
 * Compares every schedule with its last run. One that is seen for the first time is in time: else
 * a first deployment would be overdue at once.
 */
export async function readOverdue(
  { tasks, readLastRuns, noteFirstSeen }: ScheduleWatch,
  signal: AbortSignal,
): Promise<Gauge[]> {
  const entries = tasks.flatMap((task) =>
    task.schedule.map((timing, index) => ({ task, timing, name: scheduleName(task, index) })),
  );
  const lastRuns = await readLastRuns(
    entries.map(({ name }) => name),
    signal,
  );
  const now = new Date();
  const unseen = entries.filter(({ name }) => !lastRuns.has(name));
  await Promise.all(unseen.map(({ name }) => noteFirstSeen(name, now)));
  return entries.map(({ task, timing, name }) => ({
    name: 'schedule.overdue',
    unit: 's',
    description: 'Time since a run of the schedule was due that has not begun.',
    value: overdueSeconds(timing, lastRuns.get(name) ?? now, now),
    attributes: { [TASK_NAME]: task.name, [SCHEDULE_NAME]: name },
    timeMs: now.getTime(),
  }));
}
