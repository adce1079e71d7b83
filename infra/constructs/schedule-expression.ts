import { Duration, TimeZone } from 'aws-cdk-lib';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type CronField, parseCron, type TaskTiming } from '../../lib/index.ts';

/** When EventBridge Scheduler is to fire. Its cron has a sixth field, and Sunday is 1 there. */
export function scheduleExpression(timing: TaskTiming): ScheduleExpression {
  if (timing.rateMinutes !== undefined) {
    return ScheduleExpression.rate(Duration.minutes(timing.rateMinutes));
  }
  const { minutes, hours, daysOfMonth, months, daysOfWeek } = parseCron(timing.cron);
  // One of the two days has to be left open.
  const weekdays = daysOfWeek === '*' ? '?' : render(daysOfWeek.map((day) => day + 1));
  const days = daysOfWeek === '*' ? render(daysOfMonth) : '?';
  return ScheduleExpression.expression(
    `cron(${render(minutes)} ${render(hours)} ${days} ${render(months)} ${weekdays} *)`,
    TimeZone.of(timing.timezone ?? 'Etc/UTC'),
  );
}

/** As a list with ranges: `0,15,30-35`, which leaves steps to nobody's reading. */
function render(field: CronField): string {
  if (field === '*') return '*';
  const ranges: [number, number][] = [];
  for (const value of field) {
    const last = ranges.at(-1);
    if (last !== undefined && value === last[1] + 1) last[1] = value;
    else ranges.push([value, value]);
  }
  return ranges.map(([from, to]) => (from === to ? from : `${from}-${to}`)).join(',');
}
