import { expect, test } from 'vitest';
import type { OverviewUpdate } from '../../../cli/console/console-api.ts';
import { HISTORY_MS, mergeOverview } from '../../../cli/console/page/state/merge-overview.ts';
import { queueCard } from '../fixtures.ts';

const NOW = 1_800_000_000_000;

test('a point is added, and what is older than the chart goes', () => {
  const before = queueCard('default', NOW, {
    history: [
      [NOW - HISTORY_MS, 9, 0, 0],
      [NOW, 1, 0, 0],
    ],
  });
  const merged = mergeOverview(
    { at: NOW, queues: [before] },
    update(NOW + 1_000, [{ ...before, depth: 5, point: [NOW + 1_000, 5, 1, 0] }]),
  );
  expect(merged.queues[0]?.depth).toBe(5);
  expect(merged.queues[0]?.history).toEqual([
    [NOW, 1, 0, 0],
    [NOW + 1_000, 5, 1, 0],
  ]);
});

test('a point that comes twice is there once', () => {
  const queue = queueCard('default', NOW, { history: [[NOW, 1, 0, 0]] });
  const again = update(NOW, [{ ...queue, point: [NOW, 1, 0, 0] }]);
  expect(mergeOverview({ at: NOW, queues: [queue] }, again).queues[0]?.history).toHaveLength(1);
});

test('a queue that is not among those of the update is gone, a new one begins its history', () => {
  const merged = mergeOverview(
    { at: NOW, queues: [queueCard('gone', NOW)], error: 'before' },
    update(NOW, [{ ...queueCard('new', NOW), point: [NOW, 2, 0, 0] }]),
  );
  expect(merged.queues.map(({ name, history }) => [name, history])).toEqual([
    ['new', [[NOW, 2, 0, 0]]],
  ]);
  expect(merged.error).toBeUndefined();
});

function update(at: number, queues: OverviewUpdate['queues']): OverviewUpdate {
  return { at, queues };
}
