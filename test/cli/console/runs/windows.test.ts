import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createCountWindow } from '../../../../cli/console/runs/count-window.ts';
import { createRateWindow } from '../../../../cli/console/runs/rate-window.ts';
import { createSampleWindow } from '../../../../cli/console/runs/sample-window.ts';

const MINUTE = 60_000;

it('counts by period, whatever the gaps', () => {
  const offsets = fc.array(fc.integer({ min: 0, max: 5_000 }), { maxLength: 60 });
  fc.assert(
    fc.property(offsets, (gaps) => {
      const window = createCountWindow(5, 1_000);
      const added: number[] = [];
      let now = 1_000_000;
      for (const gap of gaps) {
        now += gap;
        window.add(now, now);
        added.push(Math.floor(now / 1_000));
      }
      const last = Math.floor(now / 1_000);
      const expected = [4, 3, 2, 1, 0].map(
        (ago) => added.filter((period) => period === last - ago).length,
      );
      expect(window.counts(now)).toEqual(expected);
    }),
  );
});

it('puts what comes late where it belongs, and what is older than the window nowhere', () => {
  const window = createCountWindow(3, 1_000);
  window.add(10_500, 12_000);
  window.add(9_000, 12_000);
  window.add(99_000, 12_000);
  expect(window.counts(12_000)).toEqual([1, 0, 1]);
  expect(window.counts(14_000)).toEqual([1, 0, 0]);
});

it('has percentiles by nearest rank, of the newest values and of those since a time', () => {
  const window = createSampleWindow(100);
  expect(window.percentiles([0.5], 0)).toBeUndefined();
  for (let value = 1; value <= 150; value += 1) window.add(value, value);
  expect(window.percentiles([0, 0.5, 0.95, 1], 0)).toEqual([51, 100, 145, 150]);
  expect(window.percentiles([0.5], 149)).toEqual([149]);
  expect(window.percentiles([0.5], 151)).toBeUndefined();
});

it('does not take the first seconds for a minute', () => {
  const rates = createRateWindow(0);
  for (let count = 0; count < 20; count += 1) {
    rates.add({ at: 1_000, failed: count < 5, durationMs: 10 }, 2_000);
  }
  expect(rates.rates(2_000)).toEqual({
    tasksPerSecond: 10,
    failureRate: 0.25,
    p50Ms: 10,
    p95Ms: 10,
  });
  expect(rates.rates(1_000 + MINUTE - 1).tasksPerSecond).toBeCloseTo(20 / 60, 2);
  expect(rates.rates(3 * MINUTE)).toEqual({ tasksPerSecond: 0, failureRate: 0 });
});
