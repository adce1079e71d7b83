import { Cron } from 'croner';
import { createWallClock } from './wall-clock.ts';

/** Croner's fields, in this order: `0 30 2 * * 1-5 *`. */
export interface CronPattern {
  /** Second, minute, hour, day, month, weekday, year. */
  pattern: string;
  /** Whether 1 is Sunday, as EventBridge Scheduler has it. @default false: 0 is Sunday */
  sundayIsOne?: boolean;
}

/**
 * When a cron expression is due next after a time, in a time zone, as EventBridge Scheduler has it:
 * a time that the clock leaps over is skipped, and one that it shows twice counts once, the first
 * time. https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
 *
 * Croner reads the pattern on the clock of the wall: left to itself it moves a skipped time to
 * after the gap, and runs some patterns twice.
 *
 * @returns undefined when it is never due again.
 * @throws TypeError for a pattern that Croner cannot read.
 */
export function createNextCronRun(
  { pattern, sundayIsOne = false }: CronPattern,
  timezone: string = 'UTC',
): (after: Date) => Date | undefined {
  const cron = new Cron(pattern, {
    mode: '7-part',
    timezone: 'UTC',
    alternativeWeekdays: sundayIsOne,
    // 5/15: from 5 on.
    sloppyRanges: true,
    paused: true,
  });
  const clock = createWallClock(timezone);
  return (after) => {
    let wall = cron.nextRun(new Date(clock.wallOf(after.getTime())));
    while (wall !== null) {
      const instant = clock.instantOf(wall.getTime());
      if (instant !== undefined && instant > after.getTime()) return new Date(instant);
      wall = cron.nextRun(wall);
    }
    return undefined;
  };
}
