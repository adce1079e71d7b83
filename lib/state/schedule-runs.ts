import type { ScheduleIdentity } from '../task/task-schedule.ts';
import { numberOf } from './attribute-values.ts';
import { scheduleKey } from './keys.ts';
import type { TableCalls } from './table-calls.ts';

/** When the schedules of tasks last ran, for whoever looks whether one is overdue. */
export interface ScheduleRuns {
  /** @param due when the run was due; an older one than the last of its timing changes nothing. */
  record(schedule: ScheduleIdentity, due: Date, signal?: AbortSignal): Promise<void>;
  /** By name; a schedule that has neither run nor been seen with its timing is not in it. */
  last(schedules: readonly ScheduleIdentity[], signal?: AbortSignal): Promise<Map<string, Date>>;
  /** Gives a schedule without a record of its timing a first time to be compared with. */
  noteFirstSeen(schedule: ScheduleIdentity, at: Date): Promise<void>;
}

/** A yearly schedule has one run in it. */
const KEEP_SECONDS = 400 * 86_400;
const OF_ANOTHER_TIMING = 'attribute_not_exists(#last_run) OR NOT #timing = :timing';

export function createScheduleRuns({
  change,
  getMany,
}: Pick<TableCalls, 'change' | 'getMany'>): ScheduleRuns {
  const write = async (
    { name, timing }: ScheduleIdentity,
    at: Date,
    condition: string,
    signal?: AbortSignal,
  ) => {
    const run = at.getTime();
    await change(
      scheduleKey(name),
      {
        update: 'SET #kind = :kind, #timing = :timing, #last_run = :run, #expires_at = :expires',
        condition,
        values: { kind: 'schedule', timing, run, expires: Math.ceil(run / 1000) + KEEP_SECONDS },
      },
      signal,
    );
  };
  return {
    record: (schedule, due, signal) =>
      write(schedule, due, `${OF_ANOTHER_TIMING} OR #last_run < :run`, signal),
    noteFirstSeen: (schedule, at) => write(schedule, at, OF_ANOTHER_TIMING),
    async last(schedules, signal) {
      const items = await getMany(
        schedules.map(({ name }) => scheduleKey(name)),
        signal,
      );
      const runs = new Map<string, Date>();
      for (const { name, timing } of schedules) {
        const item = items.get(scheduleKey(name)) ?? {};
        const run = numberOf(item, 'last_run');
        if (run !== undefined && item['timing'] === timing) runs.set(name, new Date(run));
      }
      return runs;
    },
  };
}
