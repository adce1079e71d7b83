import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Figure, INTERVAL_FIGURES, OLDEST_AGE, SENT } from '../../../lib/queues/figures.ts';
import {
  type CloudWatchSettings,
  planFigures,
  type TimeWindow,
} from '../../../lib/queues/plan-figures.ts';

const MINUTE = 60_000;
/** Sunday, 1 March 2026, 00:00 UTC. */
const MARCH = Date.UTC(2026, 2, 1);

/** The times that a busy queue's figure is asked for, in the order of asking. */
function periodsAsked(figure: Figure, runs: readonly number[], settings?: CloudWatchSettings) {
  return runs.flatMap((atMs) => {
    const plan = planFigures({ atMs }, settings);
    if (!plan.busy.includes(figure)) return [];
    return periodsOf(figure === OLDEST_AGE ? plan.newest : plan.interval, plan.periodMs).map(
      (timeMs) => ({ timeMs, atMs }),
    );
  });
}

function periodsOf({ fromMs, toMs }: TimeWindow, periodMs: number): number[] {
  const periods: number[] = [];
  for (let timeMs = fromMs; timeMs < toMs; timeMs += periodMs) periods.push(timeMs);
  return periods;
}

const everyMinute = (fromMs: number, minutes: number) =>
  Array.from({ length: minutes }, (_, index) => fromMs + index * MINUTE);

const anyFigure = fc.constantFrom(OLDEST_AGE, ...INTERVAL_FIGURES);
/** Where a schedule begins: anywhere in a minute. */
const anyStart = fc.integer({ min: MARCH, max: MARCH + 86_400_000 });

/** Once each, in order, without a gap. */
function expectConsecutive(times: readonly number[], periodMs: number) {
  const gaps = times.slice(1).map((time, index) => time - (times[index] ?? Number.NaN));
  expect([...new Set(gaps)]).toEqual([periodMs]);
}

it('a busy queue is asked for every minute of every figure once, in order', () => {
  fc.assert(
    fc.property(anyFigure, anyStart, (figure, start) => {
      const times = periodsAsked(figure, everyMinute(start, 60)).map(({ timeMs }) => timeMs);
      expect(times.length).toBeGreaterThanOrEqual(50);
      expectConsecutive(times, MINUTE);
    }),
  );
});

it('also with an interval that no number of minutes divides, to 6 minutes', () => {
  const intervals = fc.integer({ min: 1, max: 360 });
  fc.assert(
    fc.property(anyFigure, anyStart, intervals, (figure, start, intervalSeconds) => {
      const runs = everyMinute(start, 120);
      const times = periodsAsked(figure, runs, { intervalSeconds }).map(({ timeMs }) => timeMs);
      expect(times.length).toBeGreaterThan(100);
      expectConsecutive(times, MINUTE);
    }),
  );
});

it('no minute is asked for twice or out of order, whatever the interval and the missing runs', () => {
  const runs = fc
    .array(fc.boolean(), { minLength: 120, maxLength: 120 })
    .map((kept) => (start: number) => everyMinute(start, 120).filter((_, index) => kept[index]));
  const intervals = fc.integer({ min: 1, max: 3_600 });
  fc.assert(
    fc.property(anyFigure, anyStart, runs, intervals, (figure, start, keep, intervalSeconds) => {
      const times = periodsAsked(figure, keep(start), { intervalSeconds });
      for (const [index, { timeMs }] of times.slice(1).entries()) {
        expect(timeMs).toBeGreaterThan(times[index]?.timeMs ?? Infinity);
      }
    }),
  );
});

it('no minute is asked for before it is complete for 3 minutes, none that began over 10 ago', () => {
  const intervals = fc.integer({ min: 1, max: 3_600 });
  fc.assert(
    fc.property(anyFigure, anyStart, intervals, (figure, start, intervalSeconds) => {
      for (const { timeMs, atMs } of periodsAsked(figure, everyMinute(start, 60), {
        intervalSeconds,
      })) {
        expect(atMs - (timeMs + MINUTE)).toBeGreaterThanOrEqual(3 * MINUTE);
        expect(atMs - timeMs).toBeLessThanOrEqual(10 * MINUTE);
      }
    }),
  );
});

it('a quiet queue is asked once in 15 minutes, whether it was sent a message since', () => {
  fc.assert(
    fc.property(anyStart, (start) => {
      const plans = everyMinute(start, 90).map((atMs) => planFigures({ atMs }));
      const asking = plans.filter(({ quiet }) => quiet.length > 0);
      expect(asking).toHaveLength(6);
      expect(asking.every(({ quiet }) => quiet.length === 1 && quiet[0] === SENT)).toBe(true);
      expectConsecutive(
        asking.flatMap(({ probe, periodMs }) => periodsOf(probe, periodMs)),
        MINUTE,
      );
      // It may turn out to be in use, and then all is asked for.
      for (const { busy } of asking) {
        expect(busy).toEqual(expect.arrayContaining([OLDEST_AGE, ...INTERVAL_FIGURES]));
      }
    }),
  );
});

it('two runs of one scheduled time ask the same; which minute it is depends on that time alone', () => {
  fc.assert(
    fc.property(anyStart, (atMs) => {
      expect(planFigures({ atMs })).toEqual(planFigures({ atMs }));
    }),
  );
});

it('a quiet queue is asked of every minute once, whatever the interval', () => {
  const intervals = fc.integer({ min: 1, max: 3_600 });
  fc.assert(
    fc.property(anyStart, intervals, (start, intervalSeconds) => {
      const asking = everyMinute(start, 720)
        .map((atMs) => planFigures({ atMs }, { intervalSeconds }))
        .filter(({ quiet }) => quiet.length > 0);
      const periods = asking.flatMap(({ probe, periodMs }) => periodsOf(probe, periodMs));
      expectConsecutive(periods, MINUTE);
    }),
  );
});

it('several runs within one period ask once', () => {
  const offsets = fc.uniqueArray(fc.integer({ min: 0, max: MINUTE - 1 }), {
    minLength: 2,
    maxLength: 6,
  });
  fc.assert(
    fc.property(anyStart, offsets, (start, offsetsMs) => {
      const periodStart = Math.floor(start / MINUTE) * MINUTE;
      const times = offsetsMs.toSorted((a, b) => a - b).map((offset) => periodStart + offset);
      const later = times
        .slice(1)
        .map((atMs, index) => planFigures({ atMs, previousMs: times[index] ?? Number.NaN }));
      for (const { busy, quiet } of later) expect([...busy, ...quiet]).toEqual([]);
    }),
  );
});

it('asks for every period on the local stack: 10 s, complete at once', () => {
  const local = { lagSeconds: 0, periodSeconds: 10, intervalSeconds: 10 };
  const runs = Array.from({ length: 60 }, (_, index) => MARCH + index * 10_000 + 3_000);
  for (const figure of [OLDEST_AGE, ...INTERVAL_FIGURES]) {
    const asked = periodsAsked(figure, runs, local);
    expect(asked).toHaveLength(60);
    expectConsecutive(
      asked.map(({ timeMs }) => timeMs),
      10_000,
    );
    // The period that ended last.
    expect(asked.every(({ timeMs, atMs }) => atMs - timeMs === 13_000)).toBe(true);
  }
});
