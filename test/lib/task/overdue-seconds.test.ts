import { describe, expect, it } from 'vitest';
import { overdueSeconds } from '../../../lib/task/overdue-seconds.ts';

const at = (time: string) => new Date(`2026-11-${time}Z`);
const nightly = { cron: '0 3 * * *' };

describe('cron', () => {
  it.each([
    ['ran when it was due', '26T03:00:00', '26T12:00:00', 0],
    ['began late', '26T03:02:10', '26T12:00:00', 0],
    ['is due now', '26T03:00:00', '27T03:00:00', 0],
    ['is due since 60 s', '26T03:00:00', '27T03:01:00', 0],
    ['is due since 61 s', '26T03:00:00', '27T03:01:01', 61],
    ['is missing since an hour', '26T03:00:00', '27T04:00:00', 3_600],
    ['has missed two runs: the first counts', '26T03:00:00', '28T04:00:00', 90_000],
  ])('%s', (_, lastRun, now, expected) => {
    expect(overdueSeconds(nightly, at(lastRun), at(now))).toBe(expected);
  });

  it('in its time zone, also over the change of its clock', () => {
    const berlin = { cron: '30 2 * * *', timezone: 'Europe/Berlin' };
    // On 28 March 2027 there is no 2:30.
    const lastRun = new Date('2027-03-27T01:30:00Z');
    expect(overdueSeconds(berlin, lastRun, new Date('2027-03-28T12:00:00Z'))).toBe(0);
    expect(overdueSeconds(berlin, lastRun, new Date('2027-03-29T00:40:00Z'))).toBe(600);
  });

  it('is never overdue where its day never comes', () => {
    expect(overdueSeconds({ cron: '0 0 31 2 *' }, at('01T00:00:00'), at('30T00:00:00'))).toBe(0);
  });
});

describe('rate, which counts from the last run', () => {
  it.each([
    [5, '26T12:05:59', 0],
    [5, '26T12:06:30', 90],
    [1_440, '27T11:00:00', 0],
  ])('of %i minutes at %s', (rateMinutes, now, expected) => {
    expect(overdueSeconds({ rateMinutes }, at('26T12:00:00'), at(now))).toBe(expected);
  });
});
