import { randomBytes } from 'node:crypto';
import { fillContextAttributes } from './context-attributes.ts';
import { type NextDue, readTiming } from './schedule-timing.ts';

/** A schedule as the runner has it. */
export interface RunningSchedule {
  /** `arn:aws:scheduler:...:schedule/<group>/<name>`: there is one of each. */
  arn: string;
  name: string;
  expression: string;
  /** @default 'UTC' */
  timezone?: string;
  targetArn: string;
  /** With context attributes, such as `<aws.scheduler.scheduled-time>`. */
  input: string;
  /** ActionAfterCompletion DELETE: it is forgotten when it is never due again. @default false */
  deleteAfterCompletion?: boolean;
}

export interface ScheduleRunner<Schedule extends RunningSchedule = RunningSchedule> {
  /** @throws Error for an expression that cannot be read. */
  add(schedule: Schedule): void;
  get(arn: string): Schedule | undefined;
  /** Whether it is due once more. */
  isDue(arn: string): boolean;
  list(): Schedule[];
  /** @returns whether it was there. */
  remove(arn: string): boolean;
  stop(): void;
}

export interface ScheduleRunnerOptions {
  /** Does one run; rejects when it failed. */
  runTarget: (targetArn: string, input: string) => Promise<unknown>;
  onWarning: (message: string) => void;
  /** Milliseconds since 1970. @default Date.now */
  now?: () => number;
}

/** How often the clock is looked at: it may be set, and the machine may sleep. */
const LOOK_MS = 1_000;
/** Less is a clock that is being slowed down, in which no time comes twice. */
const SET_BACK_MS = 1_000;

interface Entry<Schedule> {
  schedule: Schedule;
  next: NextDue;
  due: Date | undefined;
}

/**
 * Runs schedules when they are due. A run that fails is warned of and not repeated, and one that
 * hangs keeps none of the next from starting. Where the clock leaps over runs of a schedule, the
 * first of them is done late and the others are left out.
 */
export function createScheduleRunner<Schedule extends RunningSchedule>(
  options: ScheduleRunnerOptions,
): ScheduleRunner<Schedule> {
  const { runTarget, onWarning, now = Date.now } = options;
  const entries = new Map<string, Entry<Schedule>>();
  let stopped = false;
  let lookedAt = now();
  let timer: NodeJS.Timeout | undefined;

  const start = (schedule: Schedule, time: number): Entry<Schedule> => {
    const next = readTiming(schedule, new Date(time));
    return { schedule, next, due: next(new Date(time)) };
  };
  const run = ({ arn, name, targetArn, input }: Schedule, due: Date) => {
    const executionId = randomBytes(16).toString('hex');
    const filled = fillContextAttributes(input, { arn, due, executionId });
    runTarget(targetArn, filled).catch((error: Error) => {
      // A run that the stop has cut off is no trouble.
      if (!stopped) onWarning(`Schedule ${name}: ${error.message}`);
    });
  };
  const look = () => {
    const time = now();
    const setBack = time < lookedAt - SET_BACK_MS;
    lookedAt = time;
    for (const [arn, entry] of entries) {
      if (setBack && entry.due !== undefined) Object.assign(entry, start(entry.schedule, time));
      const { due, schedule } = entry;
      if (due === undefined || due.getTime() > time) continue;
      entry.due = entry.next(new Date(time));
      run(schedule, due);
      if (entry.due === undefined && schedule.deleteAfterCompletion) entries.delete(arn);
    }
    wait();
  };
  const wait = () => {
    clearTimeout(timer);
    if (stopped || entries.size === 0) return;
    const dues = [...entries.values()].map(({ due }) => due?.getTime() ?? Number.POSITIVE_INFINITY);
    timer = setTimeout(look, Math.max(0, Math.min(LOOK_MS, Math.min(...dues) - now())));
  };
  return {
    add(schedule) {
      entries.set(schedule.arn, start(schedule, now()));
      wait();
    },
    get: (arn) => entries.get(arn)?.schedule,
    isDue: (arn) => entries.get(arn)?.due !== undefined,
    list: () => [...entries.values()].map(({ schedule }) => schedule),
    remove: (arn) => entries.delete(arn),
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
