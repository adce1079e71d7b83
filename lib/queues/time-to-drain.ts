import type { Datapoint } from './get-metric-data.ts';

/**
 * Seconds until the queue is empty, at the pace of these minutes. Nothing while the backlog does
 * not shrink, or CloudWatch does not say what was sent and deleted.
 */
export function timeToDrain(
  depth: number,
  sent: readonly Datapoint[],
  deleted: readonly Datapoint[],
  periodMs: number,
): number | undefined {
  const sentAt = new Map(sent.map(({ timeMs, value }) => [timeMs, value]));
  let shrunkBy = 0;
  let periods = 0;
  for (const { timeMs, value } of deleted) {
    const sentThen = sentAt.get(timeMs);
    if (sentThen === undefined) continue;
    shrunkBy += value - sentThen;
    periods += 1;
  }
  if (shrunkBy <= 0) return undefined;
  return depth / (shrunkBy / ((periods * periodMs) / 1_000));
}
