import type { ScheduleDescription, StackAddresses } from '../stack-description.ts';
import {
  createScheduleRunner,
  type RunningSchedule,
  type ScheduleRunner,
  type ScheduleRunnerOptions,
} from './schedule-runner.ts';

/** A schedule with its place: the one of a template, or one that CreateSchedule made. */
export interface LocalSchedule extends RunningSchedule {
  group: string;
  createdAt: Date;
  /** What CreateSchedule was told. */
  request?: Readonly<Record<string, unknown>>;
}

export interface StartSchedulesOptions extends ScheduleRunnerOptions {
  addresses: StackAddresses;
  account: { region: string; accountId: string };
}

/** Starts the schedules of the stack. One that cannot be run here is warned of and left out. */
export function startSchedules(
  schedules: readonly ScheduleDescription[],
  { addresses, account, ...options }: StartSchedulesOptions,
): ScheduleRunner<LocalSchedule> {
  const runner = createScheduleRunner<LocalSchedule>(options);
  for (const { input, ...schedule } of schedules) {
    try {
      runner.add({
        ...schedule,
        group: 'default',
        arn: scheduleArn('default', schedule.name, account),
        input: input(addresses),
        createdAt: new Date(),
      });
    } catch (error) {
      options.onWarning(`Schedule ${schedule.name} is not run: ${(error as Error).message}`);
    }
  }
  return runner;
}

export function scheduleArn(
  group: string,
  name: string,
  { region, accountId }: StartSchedulesOptions['account'],
): string {
  return `arn:aws:scheduler:${region}:${accountId}:schedule/${group}/${name}`;
}
