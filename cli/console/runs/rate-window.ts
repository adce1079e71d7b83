import type { Rates } from '../console-api.ts';
import { createCountWindow } from './count-window.ts';
import { createSampleWindow } from './sample-window.ts';

/** How many attempts end, how many of them fail and how long they take, over the last minute. */
export interface RateWindow {
  add(attempt: { at: number; failed: boolean; durationMs?: number | undefined }, now: number): void;
  rates(now: number): Rates;
}

const SECONDS = 60;
const MAX_DURATIONS = 1_000;

/** @param since when counting began: a minute that has only begun is not taken for a whole one. */
export function createRateWindow(since: number): RateWindow {
  const ended = createCountWindow(SECONDS, 1_000);
  const failed = createCountWindow(SECONDS, 1_000);
  const durations = createSampleWindow(MAX_DURATIONS);
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  return {
    add(attempt, now) {
      ended.add(attempt.at, now);
      if (attempt.failed) failed.add(attempt.at, now);
      if (attempt.durationMs !== undefined) durations.add(attempt.durationMs, attempt.at);
    },
    rates(now) {
      const count = sum(ended.counts(now));
      const seconds = Math.min(SECONDS, Math.max(1, (now - since) / 1_000));
      const [p50Ms, p95Ms] = durations.percentiles([0.5, 0.95], now - SECONDS * 1_000) ?? [];
      return {
        tasksPerSecond: Math.round((count / seconds) * 100) / 100,
        failureRate: count === 0 ? 0 : Math.min(1, sum(failed.counts(now)) / count),
        ...(p50Ms !== undefined && { p50Ms }),
        ...(p95Ms !== undefined && { p95Ms }),
      };
    },
  };
}
