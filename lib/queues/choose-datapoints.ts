import type { Datapoint } from './get-metric-data.ts';
import type { TimeWindow } from './plan-figures.ts';

/** The finite datapoints of a window, each time once, oldest first. */
export function chooseDatapoints(
  datapoints: readonly Datapoint[],
  { fromMs, toMs }: TimeWindow,
): Datapoint[] {
  const byTime = new Map<number, Datapoint>();
  for (const point of datapoints) {
    const inWindow = point.timeMs >= fromMs && point.timeMs < toMs;
    if (inWindow && Number.isFinite(point.value)) byTime.set(point.timeMs, point);
  }
  return [...byTime.values()].sort((a, b) => a.timeMs - b.timeMs);
}
