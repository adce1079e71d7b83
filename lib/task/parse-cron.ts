import { InvalidTaskDefinition } from '../errors/invalid-task-definition.ts';

/** When a cron expression fires: the values of each field, ascending, or `*` for every value. */
export interface CronFields {
  minutes: CronField;
  hours: CronField;
  daysOfMonth: CronField;
  months: CronField;
  /** 0 is Sunday. */
  daysOfWeek: CronField;
}

export type CronField = readonly number[] | '*';

interface Range {
  name: string;
  from: number;
  to: number;
  names?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
const DAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'];
const RANGES = [
  { name: 'minute', from: 0, to: 59 },
  { name: 'hour', from: 0, to: 23 },
  { name: 'day of the month', from: 1, to: 31 },
  { name: 'month', from: 1, to: 12, names: MONTHS },
  // 7 is Sunday too.
  { name: 'day of the week', from: 0, to: 7, names: DAYS },
] as const satisfies readonly Range[];

/**
 * Reads a cron expression of five fields: `0 3 * * MON-FRI`. Each is `*`, a number or a name, a
 * range, a list, or any of them with a step.
 *
 * @throws InvalidTaskDefinition that names the field; also where both the day of the month and the
 * day of the week are given: cron means either of them, and EventBridge Scheduler has no such thing.
 */
export function parseCron(expression: string): CronFields {
  const fields = expression.trim().split(/\s+/);
  const problem = (text: string) =>
    new InvalidTaskDefinition(`cron ${JSON.stringify(expression)}: ${text}`);
  if (fields.length !== RANGES.length) {
    throw problem('give five fields, minute hour day month weekday, as "0 3 * * *".');
  }
  const [minutes, hours, daysOfMonth, months, daysOfWeek] = RANGES.map((range, index) => {
    const values = parseField(String(fields[index]), range);
    if (values === undefined) {
      const { name, from, to } = range;
      throw problem(`the ${name} is ${JSON.stringify(fields[index])}; use ${from} to ${to}, or *.`);
    }
    return values;
  }) as [CronField, CronField, CronField, CronField, CronField];
  if (daysOfMonth !== '*' && daysOfWeek !== '*') {
    throw problem('a day of the month and a day of the week together; make two schedules of it.');
  }
  return { minutes, hours, daysOfMonth, months, daysOfWeek: weekdays(daysOfWeek) };
}

function parseField(text: string, range: Range): CronField | undefined {
  const values = new Set<number>();
  for (const part of text.toUpperCase().split(',')) {
    const [, body = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? [];
    const bounds = parseBounds(body, step !== undefined, range);
    const by = Number(step ?? 1);
    if (bounds === undefined || by === 0) return undefined;
    for (let value = bounds[0]; value <= bounds[1]; value += by) values.add(value);
  }
  if (text === '*') return '*';
  return [...values].toSorted((a, b) => a - b);
}

function parseBounds(
  text: string,
  stepped: boolean,
  { from, to, names }: Range,
): [number, number] | undefined {
  // A star has each weekday once: 0 to 6.
  if (text === '*') return [from, names === DAYS ? 6 : to];
  const [first = '', last = first, ...others] = text.split('-');
  const start = numberOf(first, from, names);
  // 5/15 is from 5 on.
  const end = stepped && !text.includes('-') ? to : numberOf(last, from, names);
  if (others.length > 0 || start === undefined || end === undefined) return undefined;
  return start >= from && end <= to && start <= end ? [start, end] : undefined;
}

function numberOf(text: string, from: number, names?: readonly string[]): number | undefined {
  const index = names?.indexOf(text) ?? -1;
  if (index >= 0) return from + index;
  return /^\d{1,2}$/.test(text) ? Number(text) : undefined;
}

function weekdays(field: CronField): CronField {
  if (field === '*') return field;
  return [...new Set(field.map((day) => day % 7))].toSorted((a, b) => a - b);
}
