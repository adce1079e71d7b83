import { type Figure, INTERVAL_FIGURES, OLDEST_AGE, SENT } from './figures.ts';

/** How CloudWatch is asked. Its price is by the metric asked for, however many points it brings. */
export interface CloudWatchSettings {
  /** Age of the newest minute that is taken for complete. @default 180 */
  lagSeconds?: number;
  /** Of one datapoint. @default 60 */
  periodSeconds?: number;
  /** Between two questions for the figures of a queue that has messages. @default 300 */
  intervalSeconds?: number;
}

/** From one time to another, the first included, the second not. */
export interface TimeWindow {
  fromMs: number;
  toMs: number;
}

export interface PlanTimes {
  /** The scheduled time, not that of the clock: two runs of one time ask the same. */
  atMs: number;
  /** When it was planned for last. @default one period ago: no state is kept */
  previousMs?: number;
}

/** What one run asks of CloudWatch. */
export interface FigurePlan {
  /** Of each queue with messages. */
  busy: readonly Figure[];
  /** Of each queue without, over `probe`. Where a message was sent, `busy` is asked, too: then it is everything. */
  quiet: readonly Figure[];
  /** Of the age: the newest period. */
  newest: TimeWindow;
  /** Of everything else: as long as the interval, so that each period comes up once. */
  interval: TimeWindow;
  probe: TimeWindow;
  periodMs: number;
}

/** Older points are of no use to an alert, and some backends refuse them. */
const MAX_AGE_SECONDS = 600;
/** Intervals between two looks at a quiet queue. */
const QUIET_INTERVALS = 3;

/**
 * Which minute asks for what. A queue that is always busy asks for 43,200 ages and 7 × 8,640 other
 * figures in 30 days, an idle one for 2,880: docs/operations.md has the dollars.
 */
export function planFigures(times: PlanTimes, settings: CloudWatchSettings = {}): FigurePlan {
  const { lagSeconds = 180, periodSeconds = 60, intervalSeconds = 300 } = settings;
  const periodMs = periodSeconds * 1_000;
  const intervalMs = Math.max(intervalSeconds * 1_000, periodMs);
  const { atMs, previousMs = atMs - periodMs } = times;
  const isFirstOf = (lengthMs: number) =>
    Math.floor(floor(atMs, periodMs) / lengthMs) >
    Math.floor(floor(previousMs, periodMs) / lengthMs);
  const isNewPeriod = isFirstOf(periodMs);
  const isNewInterval = isFirstOf(intervalMs);

  // Where periods do not divide an interval, some intervals have one more than others.
  const periodsOf = (lengthMs: number) => {
    const index = Math.floor(floor(atMs, periodMs) / lengthMs);
    return ceil(index * lengthMs, periodMs) - ceil((index - 1) * lengthMs, periodMs);
  };

  const toMs = floor(atMs - lagSeconds * 1_000, periodMs);
  const reachMs = Math.max(periodMs, (MAX_AGE_SECONDS - lagSeconds) * 1_000 - periodMs);
  return {
    busy: [...(isNewPeriod ? [OLDEST_AGE] : []), ...(isNewInterval ? INTERVAL_FIGURES : [])],
    quiet: isFirstOf(QUIET_INTERVALS * intervalMs) ? [SENT] : [],
    newest: { fromMs: toMs - periodMs, toMs },
    interval: { fromMs: toMs - floor(Math.min(periodsOf(intervalMs), reachMs), periodMs), toMs },
    probe: { fromMs: toMs - periodsOf(QUIET_INTERVALS * intervalMs), toMs },
    periodMs,
  };
}

function floor(value: number, step: number): number {
  return Math.floor(value / step) * step;
}

function ceil(value: number, step: number): number {
  return Math.ceil(value / step) * step;
}
