import { createNextCronRun } from '../../lib/task/next-cron-run.ts';
import { createWallClock } from '../../lib/task/wall-clock.ts';

/** When a schedule is due next after a time; undefined when it never is again. */
export type NextDue = (after: Date) => Date | undefined;

const UNIT_MS: Readonly<Record<string, number>> = {
  // Not in AWS: what AWS does every minute may be done more often here.
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
};

/**
 * Reads a schedule expression of EventBridge Scheduler: `rate(5 minutes)`, `cron(0 3 ? * 2-6 *)` or
 * `at(2026-11-26T03:00:00)`.
 *
 * @param start what a rate counts from: it is due for the first time one rate later.
 * @throws Error for any other expression, and for a time zone that is not known.
 */
export function readTiming(
  { expression, timezone = 'UTC' }: { expression: string; timezone?: string },
  start: Date,
): NextDue {
  const [, kind = '', text = ''] = /^(rate|cron|at)\((.*)\)$/.exec(expression) ?? [];
  const next =
    kind === 'rate'
      ? readRate(text, start)
      : kind === 'cron'
        ? readCron(text, timezone)
        : kind === 'at'
          ? readAt(text, timezone)
          : undefined;
  if (next === undefined) throw new Error(`Invalid Schedule Expression ${expression}.`);
  return next;
}

function readRate(text: string, start: Date): NextDue | undefined {
  const [, count = '', unit = ''] = /^(\d+) (second|minute|hour|day)s?$/.exec(text) ?? [];
  const rateMs = Number(count) * (UNIT_MS[unit] ?? 0);
  if (rateMs === 0) return undefined;
  return (after) => {
    const runs = Math.floor((after.getTime() - start.getTime()) / rateMs) + 1;
    return new Date(start.getTime() + Math.max(1, runs) * rateMs);
  };
}

/** Minute, hour, day, month, weekday, year: one of the days is `?`, which is any. */
function readCron(text: string, timezone: string): NextDue | undefined {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 6 || (fields[2] === '?') === (fields[4] === '?')) return undefined;
  const pattern = ['0', ...fields.map((field) => (field === '?' ? '*' : field))].join(' ');
  try {
    return createNextCronRun({ pattern, sundayIsOne: true }, timezone);
  } catch (error) {
    throw new Error(`Invalid Schedule Expression cron(${text}): ${(error as Error).message}`, {
      cause: error,
    });
  }
}

function readAt(text: string, timezone: string): NextDue | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/.test(text)) return undefined;
  const wallMs = Date.parse(`${text}Z`);
  if (Number.isNaN(wallMs)) return undefined;
  const at = createWallClock(timezone).instantOf(wallMs);
  if (at === undefined) return () => undefined;
  return (after) => (at > after.getTime() ? new Date(at) : undefined);
}
