import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backoffSeconds, clampDelaySeconds } from '../../../lib/task/retry-delay.ts';

const policy = fc
  .tuple(fc.integer({ min: 0, max: 43_200 }), fc.integer({ min: 0, max: 43_200 }))
  .map(([a, b]) => ({
    maxAttempts: 900,
    minDelaySeconds: Math.min(a, b),
    maxDelaySeconds: Math.max(a, b),
  }));
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
// A FIFO batch has no end to its receive counts but maxReceiveCount.
const attempt = fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 5_000 }));

describe('backoffSeconds', () => {
  it('is whole seconds in [min, min(max, min × 2^attempt)], whatever the attempt', () => {
    fc.assert(
      fc.property(policy, attempt, random, (retry, n, r) => {
        const seconds = backoffSeconds(retry, n, () => r);
        const { minDelaySeconds: min, maxDelaySeconds: max } = retry;
        const top = min === 0 ? 0 : Math.min(max, min * 2 ** n);
        expect(Number.isInteger(seconds)).toBe(true);
        expect(seconds).toBeGreaterThanOrEqual(min);
        expect(seconds).toBeLessThanOrEqual(top);
      }),
      { examples: [[{ maxAttempts: 1, minDelaySeconds: 0, maxDelaySeconds: 300 }, 2_000, 0.5]] },
    );
  });

  it('reaches every second of its range, each by an equal share of chance', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 900 }),
        (min, more, n) => {
          const retry = { maxAttempts: 900, minDelaySeconds: min, maxDelaySeconds: min + more };
          const top = Math.min(min + more, min * 2 ** n);
          const count = top - min + 1;
          const middles = Array.from({ length: count }, (_, i) => (i + 0.5) / count);
          expect(middles.map((r) => backoffSeconds(retry, n, () => r))).toEqual(
            Array.from({ length: count }, (_, i) => min + i),
          );
        },
      ),
    );
  });

  it('doubles its upper end with every attempt: 2..4, 2..8, 2..16 up to max', () => {
    const retry = { maxAttempts: 5, minDelaySeconds: 2, maxDelaySeconds: 300 };
    const almostOne = () => 1 - Number.EPSILON;
    expect([1, 2, 3, 7, 8, 900].map((n) => backoffSeconds(retry, n, almostOne))).toEqual([
      4, 8, 16, 256, 300, 300,
    ]);
    expect(backoffSeconds(retry, 900, () => 0)).toBe(2);
  });
});

describe('clampDelaySeconds', () => {
  it('is what ChangeMessageVisibility takes: whole, and under 12 h from the receive', () => {
    const seconds = fc.oneof(fc.double({ min: 0, max: 1e9, noNaN: true }), fc.nat(43_200));
    const since = fc.double({ min: 0, max: 50_000, noNaN: true });
    fc.assert(
      fc.property(seconds, since, (wanted, elapsed) => {
        const delay = clampDelaySeconds(wanted, elapsed);
        expect(Number.isInteger(delay)).toBe(true);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay === 0 || delay + elapsed <= 43_200 - 60).toBe(true);
        if (wanted + elapsed < 43_100) expect(delay).toBe(Math.ceil(wanted));
      }),
    );
  });
});
