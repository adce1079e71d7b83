import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidTaskDefinition, parseCron } from '../../../lib/index.ts';

const every = '*';

describe('a field is', () => {
  it.each([
    ['* * * * *', {}],
    ['5 3 * * *', { minutes: [5], hours: [3] }],
    ['0,30 9-17 * * *', { minutes: [0, 30], hours: [9, 10, 11, 12, 13, 14, 15, 16, 17] }],
    ['*/20 * * * *', { minutes: [0, 20, 40] }],
    ['5/25 * * * *', { minutes: [5, 30, 55] }],
    ['10-30/10 * * * *', { minutes: [10, 20, 30] }],
    ['0 0 1,15 JAN,jul *', { minutes: [0], hours: [0], daysOfMonth: [1, 15], months: [1, 7] }],
    ['0 0 * * MON-FRI', { minutes: [0], hours: [0], daysOfWeek: [1, 2, 3, 4, 5] }],
    ['0 0 * * 7', { minutes: [0], hours: [0], daysOfWeek: [0] }],
    ['0 0 * * 5-7', { minutes: [0], hours: [0], daysOfWeek: [0, 5, 6] }],
    ['  0   0 * *  */3 ', { minutes: [0], hours: [0], daysOfWeek: [0, 3, 6] }],
  ])('%j', (expression, fields) => {
    expect(parseCron(expression)).toEqual({
      minutes: every,
      hours: every,
      daysOfMonth: every,
      months: every,
      daysOfWeek: every,
      ...fields,
    });
  });
});

it.each([
  ['0 3 * *', 'give five fields'],
  ['0 3 * * ? *', 'give five fields'],
  ['60 * * * *', 'the minute is "60"; use 0 to 59, or *.'],
  ['* 24 * * *', 'the hour is "24"'],
  ['* * 0 * *', 'the day of the month is "0"; use 1 to 31'],
  ['* * * 13 *', 'the month is "13"'],
  ['* * * * 8', 'the day of the week is "8"'],
  ['30-10 * * * *', 'the minute is "30-10"'],
  ['*/0 * * * *', 'the minute is "*/0"'],
  ['1-2-3 * * * *', 'the minute is "1-2-3"'],
  ['1, * * * *', 'the minute is "1,"'],
  ['MON * * * *', 'the minute is "MON"'],
  ['0 0 ? * *', 'the day of the month is "?"'],
  ['0 0 1 * MON', 'a day of the month and a day of the week together; make two schedules of it.'],
])('refuses %j', (expression, message) => {
  expect(() => parseCron(expression)).toThrow(InvalidTaskDefinition);
  expect(() => parseCron(expression)).toThrow(`cron ${JSON.stringify(expression)}: ${message}`);
});

it('reads any text or refuses it, with values within their field', () => {
  const piece = fc.constantFrom('*', '0', '5', '7', '31', '59', '-', '/', ',', ' ', 'MON', 'x');
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 24 }).map((pieces) => pieces.join('')),
      (expression) => {
        try {
          const { minutes, daysOfWeek } = parseCron(expression);
          for (const minute of minutes) expect(minute === '*' || Number(minute) <= 59).toBe(true);
          for (const day of daysOfWeek) expect(day === '*' || Number(day) <= 6).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidTaskDefinition);
        }
      },
    ),
  );
});
