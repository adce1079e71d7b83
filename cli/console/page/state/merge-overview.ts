import type { DepthPoint, Overview, OverviewUpdate } from '../../console-api.ts';

/** What a chart shows. */
export const HISTORY_MS = 15 * 60_000;

/** The figures of the update, with the histories that were there and the update's points. */
export function mergeOverview(overview: Overview, update: OverviewUpdate): Overview {
  // The answer to a question was made after it.
  if (update.at < overview.at) return overview;
  const known = new Map(overview.queues.map((queue) => [queue.name, queue.history]));
  const { at, rates, error } = update;
  return {
    at,
    ...(rates && { rates }),
    ...(error !== undefined && { error }),
    queues: update.queues.map(({ point, ...figures }) => ({
      ...figures,
      history: extend(known.get(figures.name) ?? [], point, at - HISTORY_MS),
    })),
  };
}

function extend(history: DepthPoint[], point: DepthPoint | undefined, from: number): DepthPoint[] {
  const kept = history.filter(([at]) => at >= from);
  const last = kept.at(-1);
  // An event may come twice.
  if (point === undefined || (last !== undefined && last[0] >= point[0])) return kept;
  return [...kept, point];
}
