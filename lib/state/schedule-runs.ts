import { numberOf } from './attribute-values.ts';
import { scheduleKey } from './keys.ts';
import type { TableCalls } from './table-calls.ts';

/** When the schedules of tasks last ran, for whoever looks whether one is overdue. */
export interface ScheduleRuns {
  /**
   * @param schedule name of the schedule, as its messages have it.
   * @param due when the run was due; an older one than the last changes nothing.
   */
  record(schedule: string, due: Date, signal?: AbortSignal): Promise<void>;
  /** By name; a schedule that has neither run nor been seen is not in it. */
  last(schedules: readonly string[], signal?: AbortSignal): Promise<Map<string, Date>>;
  /** Gives a schedule that has no record a first time to be compared with. */
  noteFirstSeen(schedule: string, at: Date): Promise<void>;
}

/** A yearly schedule has one run in it. */
const KEEP_SECONDS = 400 * 86_400;

export function createScheduleRuns({
  change,
  getMany,
}: Pick<TableCalls, 'change' | 'getMany'>): ScheduleRuns {
  const write = async (schedule: string, at: Date, condition: string, signal?: AbortSignal) => {
    const run = at.getTime();
    await change(
      scheduleKey(schedule),
      {
        update: 'SET #kind = :kind, #last_run = :run, #expires_at = :expires',
        condition,
        values: { kind: 'schedule', run, expires: Math.ceil(run / 1000) + KEEP_SECONDS },
      },
      signal,
    );
  };
  return {
    record: (schedule, due, signal) =>
      write(schedule, due, 'attribute_not_exists(#last_run) OR #last_run < :run', signal),
    noteFirstSeen: (schedule, at) => write(schedule, at, 'attribute_not_exists(#last_run)'),
    async last(schedules, signal) {
      const items = await getMany(schedules.map(scheduleKey), signal);
      const runs = new Map<string, Date>();
      for (const schedule of schedules) {
        const run = numberOf(items.get(scheduleKey(schedule)) ?? {}, 'last_run');
        if (run !== undefined) runs.set(schedule, new Date(run));
      }
      return runs;
    },
  };
}
