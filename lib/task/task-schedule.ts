import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';
import type { Task } from './define-task.ts';
import { parseCron } from './parse-cron.ts';

/** One schedule of a task: whenever it is due, a message with `payload` goes to the task's queue. */
export type TaskScheduleEntry<Payload = unknown> = TaskTiming & {
  readonly payload: Payload;
  /** On a FIFO queue: the group of its messages. @default the name of the task */
  readonly messageGroupId?: string;
};

export type TaskTiming =
  | {
      /** Five fields, minute hour day month weekday: `0 3 * * MON-FRI`. */
      readonly cron: string;
      /** IANA name, as `Europe/Berlin`. @default 'UTC' */
      readonly timezone?: string;
      readonly rateMinutes?: never;
    }
  | {
      /** Every so many minutes: a whole number of 1 or more. */
      readonly rateMinutes: number;
      readonly cron?: never;
      readonly timezone?: never;
    };

/**
 * Checks the schedules of a task, apart from their payloads: called by what runs them.
 *
 * @throws InvalidTaskDefinition that names the schedule, the value and what to do.
 */
export function checkSchedules({ name, schedule }: Task): void {
  for (const [index, entry] of schedule.entries()) {
    const problem = problemOf(entry);
    if (problem === undefined) continue;
    throw new InvalidTaskDefinition(`Task ${JSON.stringify(name)}: schedule[${index}]: ${problem}`);
  }
}

/** The name of one of a task's schedules: in its messages, its record and its metric. */
export function scheduleName({ name }: Pick<Task, 'name'>, index: number): string {
  return `${name}-${index}`;
}

/** A schedule as its runs are kept. Those of another timing say nothing of it. */
export interface ScheduleIdentity {
  /** As its messages have it. */
  readonly name: string;
  /** Cron expression and time zone, or the rate. */
  readonly timing: string;
}

/** @param index of the schedule among those of the task. */
export function identifySchedule(
  task: Pick<Task, 'name'>,
  { cron, rateMinutes, timezone = 'UTC' }: TaskTiming,
  index: number,
): ScheduleIdentity {
  const timing = cron === undefined ? `every ${rateMinutes} minutes` : `${cron} ${timezone}`;
  return { name: scheduleName(task, index), timing };
}

function problemOf(entry: TaskScheduleEntry): string | undefined {
  const { cron, rateMinutes, timezone, messageGroupId } = entry;
  if ((cron === undefined) === (rateMinutes === undefined)) {
    return 'give either cron, as "0 3 * * *", or rateMinutes.';
  }
  if (cron !== undefined) parseCron(String(cron));
  if (rateMinutes !== undefined && !(Number.isInteger(rateMinutes) && rateMinutes >= 1)) {
    return `rateMinutes is ${rateMinutes}; use a whole number of 1 or more.`;
  }
  if (timezone !== undefined && (cron === undefined || !isTimezone(timezone))) {
    return `timezone is ${JSON.stringify(timezone)}; give an IANA name, as "Europe/Berlin", with cron.`;
  }
  if (messageGroupId !== undefined && !/^[!-~]{1,128}$/.test(messageGroupId)) {
    return `messageGroupId is ${JSON.stringify(messageGroupId)}; use 1 to 128 letters, digits and punctuation.`;
  }
  if (!('payload' in entry)) return 'payload is missing.';
  return undefined;
}

function isTimezone(name: string): boolean {
  try {
    // Takes offsets and any case too, which EventBridge Scheduler does not.
    const { timeZone } = new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions();
    const sameButForCase = timeZone.toLowerCase() === name.toLowerCase();
    return /^[A-Z]/.test(name) && !(sameButForCase && timeZone !== name);
  } catch {
    return false;
  }
}
