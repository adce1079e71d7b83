import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { startDeadline } from '../../../lib/worker/invocation-deadline.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it.each([
  [60_000, 0, 58_500],
  [60_000, 2_500, 56_000],
  [3_000, 0, 1_500],
  [3_000, 2_500, 1_500],
  [1_000, 0, 500],
  [0, 2_500, 0],
])(
  'of %i ms, with a flush of %i ms before the response, tasks have %i',
  (remaining, flush, expected) => {
    const deadline = startDeadline(remaining, flush);
    expect(deadline.at - Date.now()).toBe(expected);
    if (expected > 0) {
      vi.advanceTimersByTime(expected - 1);
      expect(deadline.signal.aborted).toBe(false);
    }
    vi.advanceTimersByTime(1);
    expect(deadline.signal.aborted).toBe(true);
  },
);

it('keeps 1.5 s and the flush bound, and never more than half of the time', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 900_000 }), fc.nat(2_500), (remaining, flush) => {
      const deadline = startDeadline(remaining, flush);
      const margin = remaining - (deadline.at - Date.now());
      expect(margin).toBeCloseTo(Math.min(1_500 + flush, remaining / 2), 2);
      deadline.clear();
    }),
  );
  expect(vi.getTimerCount()).toBe(0);
});

it('does not fire into a later invocation once it is cleared', () => {
  const deadline = startDeadline(10_000, 0);
  deadline.clear();
  vi.advanceTimersByTime(20_000);
  expect(deadline.signal.aborted).toBe(false);
});

it('leaves each call of SQS half of the time until the answer, which comes before the end', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 900_000 }),
      fc.nat(2_500),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (remaining, flush, share) => {
        const start = Date.now();
        const deadline = startDeadline(remaining, flush);
        const margin = remaining - (deadline.at - start);
        const untilAnswer = deadline.untilAnswerMs();
        // After the last task there is time for calls, and after those for the flush and the answer.
        expect(untilAnswer).toBeLessThanOrEqual(remaining);
        expect(untilAnswer).toBeGreaterThanOrEqual(deadline.at - start);
        expect(remaining - untilAnswer).toBeGreaterThanOrEqual(margin * 0.2 - 0.01);
        vi.setSystemTime(start + Math.floor(remaining * share));
        expect(deadline.untilAnswerMs()).toBeCloseTo(
          Math.max(0, untilAnswer - Math.floor(remaining * share)),
          2,
        );
        const timeout = vi.spyOn(AbortSignal, 'timeout');
        deadline.boundCall();
        const bound = timeout.mock.calls[0]?.[0] ?? Number.NaN;
        timeout.mockRestore();
        expect(bound).toBe(Math.floor(Math.min(1_000, deadline.untilAnswerMs() / 2)));
        deadline.clear();
        vi.setSystemTime(start);
      },
    ),
  );
});
