import { SCHEDULE_NAME, TASK_NAME } from '../instrumentation/attributes.ts';
import type { Gauge } from '../instrumentation/telemetry-handle.ts';
import { overdueSeconds } from '../task/overdue-seconds.ts';
import { identifySchedule } from '../task/task-schedule.ts';
import type { ScheduleWatch } from './schedule-watch.ts';

/**
 * Compares every schedule with its last run. One that is seen for the first time with
 * its timing is in time: else it would be overdue at once where it is new, or comes more often.
 */
export async function readOverdue(
  { tasks, readLastRuns, noteFirstSeen }: ScheduleWatch,
  signal: AbortSignal,
): Promise<Gauge[]> {
  const entries = tasks.flatMap((task) =>
    task.schedule.map((timing, index) => ({
      task,
      timing,
      identity: identifySchedule(task, timing, index),
    })),
  );
  const lastRuns = await readLastRuns(
    entries.map(({ identity }) => identity),
    signal,
  );
  const now = new Date();
  const unseen = entries.filter(({ identity }) => !lastRuns.has(identity.name));
  await Promise.all(unseen.map(({ identity }) => noteFirstSeen(identity, now)));
  return entries.map(({ task, timing, identity: { name } }) => ({
    name: 'schedule.overdue',
    unit: 's',
    description: 'Time since a run of the schedule was due that has not begun.',
    value: overdueSeconds(timing, lastRuns.get(name) ?? now, now),
    attributes: { [TASK_NAME]: task.name, [SCHEDULE_NAME]: name },
    timeMs: now.getTime(),
  }));
}
