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
 * What is wrong with a schedule, apart from its payload; nothing when it is right.
 *
 * @throws InvalidTaskDefinition for a cron expression that cannot be read.
 */
export function scheduleProblem(entry: TaskScheduleEntry): string | undefined {
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
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
