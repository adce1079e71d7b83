import fc from 'fast-check';
import { expect, it } from 'vitest';
import { chooseDatapoints } from '../../../lib/queues/choose-datapoints.ts';

const point = fc.record({
  timeMs: fc.integer({ min: 0, max: 40 }),
  value: fc.oneof(fc.integer(), fc.constantFrom(Number.NaN, Infinity, -Infinity)),
});
const window = fc
  .tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }))
  .map(([a, b]) => ({ fromMs: Math.min(a, b), toMs: Math.max(a, b) }));

it('chooses every finite time of the window once, oldest first, whatever CloudWatch answers', () => {
  fc.assert(
    fc.property(fc.array(point), window, (points, { fromMs, toMs }) => {
      const times = chooseDatapoints(points, { fromMs, toMs }).map(({ timeMs }) => timeMs);
      const usable = points.filter(
        ({ timeMs, value }) => timeMs >= fromMs && timeMs < toMs && Number.isFinite(value),
      );
      const expected = [...new Set(usable.map(({ timeMs }) => timeMs))].sort((a, b) => a - b);
      expect(times).toEqual(expected);
    }),
  );
});

it('invents no point', () => {
  fc.assert(
    fc.property(fc.array(point), window, (points, within) => {
      for (const chosen of chooseDatapoints(points, within)) expect(points).toContain(chosen);
    }),
  );
});
