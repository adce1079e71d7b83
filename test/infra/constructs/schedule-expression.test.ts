import { expect, it } from 'vitest';
import { scheduleExpression } from '../../../infra/constructs/schedule-expression.ts';

it.each([
  ['0 3 * * *', 'cron(0 3 * * ? *)'],
  ['*/15 9-17 * * MON-FRI', 'cron(0,15,30,45 9-17 ? * 2-6 *)'],
  ['0 0 1,15 * *', 'cron(0 0 1,15 * ? *)'],
  // Sunday is 0 or 7 in cron and 1 in EventBridge; a range over the end of the week is a list.
  ['0 0 * * 0', 'cron(0 0 ? * 1 *)'],
  ['0 0 * * 5-7', 'cron(0 0 ? * 1,6-7 *)'],
  ['30 6 * JAN,JUL *', 'cron(30 6 * 1,7 ? *)'],
])('%s is %s', (cron, expected) => {
  expect(scheduleExpression({ cron }).expressionString).toBe(expected);
});

it('is in UTC unless a timezone is given', () => {
  const cron = '0 3 * * *';
  expect(scheduleExpression({ cron }).timeZone?.timezoneName).toBe('Etc/UTC');
  const timezone = 'Europe/Berlin';
  expect(scheduleExpression({ cron, timezone }).timeZone?.timezoneName).toBe(timezone);
});

it.each([
  [1, 'rate(1 minute)'],
  [5, 'rate(5 minutes)'],
])('every %d minutes is %s', (rateMinutes, expected) => {
  expect(scheduleExpression({ rateMinutes }).expressionString).toBe(expected);
});
