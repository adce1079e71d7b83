import type { Datapoint } from '../queues/get-metric-data.ts';

/** What CloudWatch says of one queue and its worker. */
export interface StallFigures {
  /** Minimum of ApproximateNumberOfMessagesVisible. */
  visible: readonly Datapoint[];
  /** Sum of NumberOfMessagesDeleted. */
  deleted: readonly Datapoint[];
  /** Sum of Invocations of the worker. */
  invocations: readonly Datapoint[];
}

export interface StallWindow {
  /** Messages have to be visible all the time from here ... */
  fromMs: number;
  /** ... to here, the newest period that is complete. Work counts to the end, whenever it comes. */
  toMs: number;
  periodMs: number;
}

/** @param lagMs age of the newest period that is taken for complete */
export function stallWindow(
  nowMs: number,
  { stalledAfterMs, lagMs, periodMs }: Record<'stalledAfterMs' | 'lagMs' | 'periodMs', number>,
): StallWindow {
  const floor = (value: number) => Math.floor(value / periodMs) * periodMs;
  const toMs = floor(nowMs - lagMs);
  return { fromMs: toMs - Math.max(periodMs, floor(stalledAfterMs)), toMs, periodMs };
}

/**
 * Messages could be received all the time, and nobody deleted one or was invoked. Messages in
 * flight prove nothing: in backoff they are in flight with nobody working.
 */
export function isStalled(figures: StallFigures, { fromMs, toMs, periodMs }: StallWindow): boolean {
  const waiting = new Set<number>();
  for (const { timeMs, value } of figures.visible) {
    if (timeMs < fromMs || timeMs >= toMs) continue;
    if (!(value > 0)) return false;
    waiting.add(timeMs);
  }
  const worked = [...figures.deleted, ...figures.invocations].some(
    ({ timeMs, value }) => timeMs >= fromMs && value > 0,
  );
  return !worked && waiting.size >= (toMs - fromMs) / periodMs;
}
