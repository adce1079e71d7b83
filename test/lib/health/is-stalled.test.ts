import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isStalled, stallWindow } from '../../../lib/health/is-stalled.ts';

const MINUTE = 60_000;
const times = { stalledAfterMs: 5 * MINUTE, lagMs: 3 * MINUTE, periodMs: MINUTE };
const now = Date.UTC(2026, 2, 1, 12, 0, 30);
const window = stallWindow(now, times);

/** A point for each minute from `fromMs` on that has a value. */
const points = (values: readonly (number | undefined)[], fromMs = window.fromMs) =>
  values.flatMap((value, index) =>
    value === undefined ? [] : [{ timeMs: fromMs + index * MINUTE, value }],
  );

const waiting = points([9, 9, 9, 9, 9]);

it('looks at the five newest complete minutes', () => {
  const toMs = Date.UTC(2026, 2, 1, 11, 57);
  expect(window).toEqual({ fromMs: toMs - 5 * MINUTE, toMs, periodMs: MINUTE });
});

describe('stalled', () => {
  it.each([
    ['nobody deleted a message or was invoked, as CloudWatch says by saying nothing', [], []],
    ['both were 0 all the time', points([0, 0, 0, 0, 0]), points([0, 0, 0, 0, 0])],
    ['the work ended before that time', points([5], window.fromMs - MINUTE), []],
  ])('when messages waited and %s', (_, deleted, invocations) => {
    expect(isStalled({ visible: waiting, deleted, invocations }, window)).toBe(true);
  });
});

describe('not stalled', () => {
  it.each([
    ['one message was deleted', { deleted: points([0, 0, 1]) }],
    ['the worker was invoked once', { invocations: points([0, 1]) }],
    [
      'the worker was invoked since, in a minute that is not complete',
      {
        invocations: points([1], window.toMs + MINUTE),
      },
    ],
    ['the queue was empty once', { visible: points([9, 9, 0, 9, 9]) }],
    [
      'messages wait for less than that',
      { visible: points([9, 9, 9], window.fromMs + 2 * MINUTE) },
    ],
    ['of one minute it is not known', { visible: points([9, 9, undefined, 9, 9]) }],
    ['it is idle', { visible: [] }],
  ])('when %s', (_, figures) => {
    const all = { visible: waiting, deleted: [], invocations: [], ...figures };
    expect(isStalled(all, window)).toBe(false);
  });
});

it('is exactly that messages waited in each minute, and no work came in or after them', () => {
  const value = fc.option(fc.nat({ max: 2 }), { nil: undefined });
  const minutes = fc.array(value, { minLength: 12, maxLength: 12 });
  fc.assert(
    fc.property(minutes, minutes, minutes, (visible, deleted, invocations) => {
      const fromMs = window.fromMs - 3 * MINUTE;
      const inWindow = (values: typeof visible) => values.slice(3, 8);
      const waited = inWindow(visible).every((count) => count !== undefined && count > 0);
      const worked = [...deleted.slice(3), ...invocations.slice(3)].some(
        (count) => (count ?? 0) > 0,
      );
      const figures = {
        visible: points(visible, fromMs),
        deleted: points(deleted, fromMs),
        invocations: points(invocations, fromMs),
      };
      expect(isStalled(figures, window)).toBe(waited && !worked);
    }),
    { numRuns: 2_000 },
  );
});
