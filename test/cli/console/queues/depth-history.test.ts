import { expect, it } from 'vitest';
import { createDepthHistory } from '../../../../cli/console/queues/depth-history.ts';

const MINUTE = 60_000;

it('has the last 15 minutes, also when nothing was read since', () => {
  const history = createDepthHistory();
  for (let minute = 0; minute <= 20; minute += 1) history.add([minute * MINUTE, minute, 0, 0]);
  const minutesAt = (now: number) => history.points(now).map(([at]) => at / MINUTE);
  expect(minutesAt(20 * MINUTE)).toEqual(Array.from({ length: 16 }, (_, place) => 5 + place));
  expect(minutesAt(34 * MINUTE)).toEqual([19, 20]);
  expect(minutesAt(36 * MINUTE)).toEqual([]);
});

it('has 900 points, the newest, however often it is read', () => {
  const history = createDepthHistory();
  for (let number = 0; number < 2_000; number += 1) history.add([number, number, 0, 0]);
  const points = history.points(2_000);
  expect(points).toHaveLength(900);
  expect(points.at(0)?.[1]).toBe(1_100);
  expect(points.at(-1)?.[1]).toBe(1_999);
});
