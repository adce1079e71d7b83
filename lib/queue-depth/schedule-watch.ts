import { describeError } from '../instrumentation/describe-error.ts';
import type { Gauge } from '../instrumentation/telemetry-handle.ts';
import { withinDeadline } from '../queues/within-deadline.ts';
import type { Task } from '../task/define-task.ts';
import type { Log } from '../task/task-context.ts';
import { checkSchedules, type ScheduleIdentity } from '../task/task-schedule.ts';

/** What tells whether a schedule is overdue: its task, and when it last ran. */
export interface ScheduleWatch {
  tasks: readonly Task[];
  /**
   * By the name of the schedule; one that has neither run nor been seen with this timing is not in
   * it.
   */
  readLastRuns(
    schedules: readonly ScheduleIdentity[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Date>>;
  /** Keeps the time for a schedule that has not run yet, which is its last run from then on. */
  noteFirstSeen(schedule: ScheduleIdentity, at: Date): Promise<unknown>;
}

/** Reads the gauges `schedule.overdue`. Never rejects. */
export type ReadOverdue = (log: Log) => Promise<Gauge[]>;

/** The queues' gauges wait for it no longer than that. */
const READ_MS = 3_000;

/**
 * Where there are schedules. Without any, nothing that reads cron expressions is loaded.
 *
 * @throws InvalidTaskDefinition for a schedule that says no time.
 */
export function createReadOverdue({ tasks, ...runs }: ScheduleWatch): ReadOverdue {
  for (const task of tasks) checkSchedules(task);
  const scheduled = tasks.filter(({ schedule }) => schedule.length > 0);
  if (scheduled.length === 0) return async () => [];
  return async (log) => {
    try {
      const signal = AbortSignal.timeout(READ_MS);
      const reading = import('./read-overdue.ts').then(({ readOverdue }) =>
        readOverdue({ tasks: scheduled, ...runs }, signal),
      );
      return await withinDeadline(performance.now() + READ_MS, reading);
    } catch (error) {
      log.warn('schedules could not be compared with their last runs', describeError(error));
      return [];
    }
  };
}
