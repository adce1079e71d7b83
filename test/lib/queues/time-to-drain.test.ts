import fc from 'fast-check';
import { expect, it } from 'vitest';
import { timeToDrain } from '../../../lib/queues/time-to-drain.ts';

const minutes = (values: readonly number[]) =>
  values.map((value, index) => ({ timeMs: index * 60_000, value }));

it('is the depth over what goes out less what comes in, per second', () => {
  // 60 less a minute: one a second.
  expect(timeToDrain(300, minutes([40, 40]), minutes([100, 100]), 60_000)).toBe(300);
  expect(timeToDrain(0, minutes([0]), minutes([60]), 60_000)).toBe(0);
  expect(timeToDrain(100, minutes([0]), minutes([10]), 10_000)).toBe(100);
});

it('counts the minutes alone of which both are known', () => {
  const deleted = [{ timeMs: 0, value: 1_000 }, ...minutes([0, 120]).slice(1)];
  const sent = [{ timeMs: 60_000, value: 60 }];
  expect(timeToDrain(60, sent, deleted, 60_000)).toBe(60);
});

it.each([
  ['nothing is known', [], []],
  ['only what was sent is known', [0], []],
  ['only what was deleted is known', [], [60]],
])('is absent where %s', (_, sent, deleted) => {
  expect(timeToDrain(10, minutes(sent), minutes(deleted), 60_000)).toBeUndefined();
});

it('is absent while the backlog is not shrinking, and a time that passes otherwise', () => {
  const count = fc.nat({ max: 1e9 });
  const pairs = fc.array(fc.tuple(count, count), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(count, pairs, (depth, both) => {
      const sent = both.map(([value]) => value);
      const deleted = both.map(([, value]) => value);
      const seconds = timeToDrain(depth, minutes(sent), minutes(deleted), 60_000);
      const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
      if (sum(deleted) <= sum(sent)) expect(seconds).toBeUndefined();
      else {
        expect(seconds).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(seconds)).toBe(true);
      }
    }),
  );
});
