import { createNextCronRun } from './next-cron-run.ts';
import { type CronField, parseCron } from './parse-cron.ts';
import type { TaskTiming } from './task-schedule.ts';

/**
 * When a schedule of a task is due next after a time. A rate counts from that time, so give the
 * last run. Undefined for a date that never comes, as 31 February.
 *
 * @throws InvalidTaskDefinition for a cron expression that cannot be read.
 */
export function nextRun(timing: TaskTiming, after: Date): Date | undefined {
  if (timing.rateMinutes !== undefined) {
    return new Date(after.getTime() + timing.rateMinutes * 60_000);
  }
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parseCron(timing.cron);
  const fields = [minutes, hours, daysOfMonth, months, daysOfWeek].map(render);
  return createNextCronRun({ pattern: `0 ${fields.join(' ')} *` }, timing.timezone)(after);
}

function render(field: CronField): string {
  return field === '*' ? '*' : field.join(',');
}
