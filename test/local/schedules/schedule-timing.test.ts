import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scheduleExpression } from '../../../infra/constructs/schedule-expression.ts';
import { nextRun } from '../../../lib/task/next-run.ts';
import { readTiming } from '../../../local/schedules/schedule-timing.ts';

const START = new Date('2026-03-01T00:00:00Z');

/** The next so many runs after a time. */
function runs(expression: string, { timezone = 'UTC', after = START, count = 3 } = {}): string[] {
  const next = readTiming({ expression, timezone }, START);
  const found: string[] = [];
  let last: Date | undefined = next(after);
  while (last !== undefined && found.length < count) {
    found.push(last.toISOString().replace(':00.000Z', ''));
    last = next(last);
  }
  return found;
}

describe('cron, of six fields', () => {
  it.each([
    ['every day at three', '0 3 * * ? *', ['03-01T03:00', '03-02T03:00', '03-03T03:00']],
    ['1 is Sunday', '0 3 ? * 1 *', ['03-01T03:00', '03-08T03:00', '03-15T03:00']],
    ['7 is Saturday', '0 3 ? * 7 *', ['03-07T03:00', '03-14T03:00', '03-21T03:00']],
    ['lists and ranges', '0 3 ? * 1,3-4 *', ['03-01T03:00', '03-03T03:00', '03-04T03:00']],
    ['names', '0 3 ? * MON-TUE *', ['03-02T03:00', '03-03T03:00', '03-09T03:00']],
    ['a step from a number on', '5/25 * * * ? *', ['03-01T00:05', '03-01T00:30', '03-01T00:55']],
    ['the last day of a month', '0 3 L * ? *', ['03-31T03:00', '04-30T03:00', '05-31T03:00']],
    ['the last Friday', '0 3 ? * 6L *', ['03-27T03:00', '04-24T03:00', '05-29T03:00']],
    ['the second Monday', '0 3 ? * 2#2 *', ['03-09T03:00', '04-13T03:00', '05-11T03:00']],
    [
      'the weekday nearest to the 15th',
      '0 3 15W * ? *',
      ['03-16T03:00', '04-15T03:00', '05-15T03:00'],
    ],
  ])('%s', (_, fields, expected) => {
    expect(runs(`cron(${fields})`)).toEqual(expected.map((time) => `2026-${time}`));
  });

  it('a year', () => {
    expect(runs('cron(0 3 1 1 ? 2027)')).toEqual(['2027-01-01T03:00']);
    expect(runs('cron(0 3 1 1 ? 2025)')).toEqual([]);
  });

  it('a day that never comes', () => {
    expect(runs('cron(0 3 31 2 ? *)')).toEqual([]);
  });

  it('in its time zone', () => {
    expect(runs('cron(30 3 * * ? *)', { timezone: 'Asia/Kolkata', count: 2 })).toEqual([
      '2026-03-01T22:00',
      '2026-03-02T22:00',
    ]);
  });

  it('skips the time that the clock leaps over in spring', () => {
    const after = new Date('2026-03-28T00:00:00Z');
    expect(runs('cron(30 2 * * ? *)', { timezone: 'Europe/Berlin', after })).toEqual([
      '2026-03-28T01:30',
      // On the 29th there is no 2:30.
      '2026-03-30T00:30',
      '2026-03-31T00:30',
    ]);
  });

  it('runs once at the time that comes twice in autumn, whatever the pattern', () => {
    const berlin = { timezone: 'Europe/Berlin', after: new Date('2026-10-24T22:45:00Z') };
    expect(runs('cron(30 2 * * ? *)', { ...berlin, count: 2 })).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
    expect(runs('cron(0/30 * * * ? *)', { ...berlin, count: 6 })).toEqual([
      '2026-10-24T23:00',
      '2026-10-24T23:30',
      '2026-10-25T00:00',
      '2026-10-25T00:30',
      '2026-10-25T02:00',
      '2026-10-25T02:30',
    ]);
  });
});

it('goes on after the hour that comes twice, asked in its second time', () => {
  const after = new Date('2026-10-25T01:10:00Z');
  expect(runs('cron(0/30 * * * ? *)', { timezone: 'Europe/Berlin', after, count: 1 })).toEqual([
    '2026-10-25T02:00',
  ]);
});

describe('rate', () => {
  it.each([
    ['rate(1 minute)', ['2026-03-01T00:01', '2026-03-01T00:02', '2026-03-01T00:03']],
    ['rate(90 minutes)', ['2026-03-01T01:30', '2026-03-01T03:00', '2026-03-01T04:30']],
    ['rate(1 day)', ['2026-03-02T00:00', '2026-03-03T00:00', '2026-03-04T00:00']],
  ])('%s counts from the start', (expression, expected) => {
    expect(runs(expression)).toEqual(expected);
  });
});

describe('at', () => {
  it('once, in its time zone', () => {
    expect(runs('at(2026-07-01T12:00:00)', { timezone: 'Europe/Berlin' })).toEqual([
      '2026-07-01T10:00',
    ]);
  });

  it('never, once it is over or where the clock leaps over it', () => {
    expect(runs('at(2026-02-28T23:59:59)')).toEqual([]);
    expect(runs('at(2026-03-29T02:30:00)', { timezone: 'Europe/Berlin' })).toEqual([]);
  });
});

it.each([
  'rate(0 minutes)',
  'rate(5 weeks)',
  'cron(0 3 * * *)',
  'cron(0 3 * * * *)',
  'cron(0 3 ? * ? *)',
  'cron(0 3 32 * ? *)',
  'cron(61 3 * * ? *)',
  'at(2026-03-01)',
  'at(2026-13-01T00:00:00)',
  'every day',
  '',
])('refuses %j and names it', (expression) => {
  expect(() => readTiming({ expression }, START)).toThrow(
    `Invalid Schedule Expression ${expression}`,
  );
});

it('a schedule of a task is due when the one that CDK makes of it is', () => {
  const part = (from: number, to: number) =>
    fc.oneof(fc.constant('*'), fc.integer({ min: from, max: to }).map(String));
  const cron = fc
    .tuple(part(0, 59), part(0, 23), part(1, 28), part(1, 12), part(0, 7), fc.boolean())
    .map(([minute, hour, day, month, weekday, byDay]) =>
      [minute, hour, byDay ? day : '*', month, byDay ? '*' : weekday].join(' '),
    );
  const timezones = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
  );
  const time = fc.date({
    min: new Date('2026-01-01T00:00:00Z'),
    max: new Date('2028-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(cron, timezones, time, (expression, timezone, after) => {
      const made = scheduleExpression({ cron: expression, timezone }).expressionString;
      const next = nextRun({ cron: expression, timezone }, after);
      expect(readTiming({ expression: made, timezone }, START)(after)).toEqual(next);
    }),
  );
});
