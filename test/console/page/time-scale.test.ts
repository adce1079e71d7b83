import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrangeRows } from '../../../cli/console/page/trace/arrange-rows.ts';
import { createTimeScale, fittingTicks } from '../../../cli/console/page/trace/time-scale.ts';
import { flakyTrace, span } from '../fixtures.ts';

const NOW = 1_800_000_000_000;
const rows = arrangeRows(flakyTrace(NOW), NOW);

test('backoffs of seconds leave room for spans of milliseconds', () => {
  const scale = createTimeScale(rows, true);
  expect(scale.breaks.map(({ ms }) => ms)).toEqual([3_066, 6_726]);
  // An attempt of 34 ms in a trace of 10 s.
  expect(scale.at(NOW + 9_934) - scale.at(NOW + 9_900)).toBeGreaterThan(0.15);
});

test('without shortening, a time is where it belongs', () => {
  const scale = createTimeScale(rows, false);
  expect(scale.breaks).toEqual([]);
  expect(scale.at(NOW + scale.totalMs / 4)).toBeCloseTo(0.25);
});

test.each([150, 240, 600])('labels of an axis of %i px do not overlap', (width) => {
  for (const shorten of [true, false]) {
    const ticks = fittingTicks(createTimeScale(rows, shorten).ticks, width);
    const places = ticks.map(({ x }) => x * width);
    expect(places[0]).toBe(0);
    places.slice(1).forEach((place, index) => {
      expect(place - (places[index] ?? 0)).toBeGreaterThanOrEqual(60);
    });
  }
});

test('time never runs backwards, from the left edge to the right one', () => {
  const times = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 1e6 }), fc.integer({ min: 0, max: 1e4 })),
    {
      minLength: 1,
      maxLength: 20,
    },
  );
  void fc.assert(
    fc.property(times, fc.boolean(), (given, shorten) => {
      const spans = given.map(([startedAt, ms], index) =>
        span(String(index), { startedAt, endedAt: startedAt + ms }),
      );
      const scale = createTimeScale(arrangeRows({ traceId: 'x', spans, waits: [] }, 0), shorten);
      const all = spans
        .flatMap(({ startedAt, endedAt }) => [startedAt, endedAt])
        .sort((a, b) => a - b);
      const places = all.map(scale.at);
      expect(places).toEqual(places.toSorted((a, b) => a - b));
      expect(places[0]).toBe(0);
      expect(places.at(-1)).toBeLessThanOrEqual(1 + 1e-9);
    }),
  );
});
