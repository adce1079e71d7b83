import type { AttemptOutcome, Rates, TaskRow } from '../console-api.ts';
import { type CountWindow, createCountWindow } from './count-window.ts';
import { createRateWindow, type RateWindow } from './rate-window.ts';
import { createSampleWindow, type SampleWindow } from './sample-window.ts';

/** Counts by task and rates by queue; runs that were dropped stay counted. */
export interface TaskStatistics {
  started(task: string, queue: string, at: number): void;
  ended(attempt: EndedAttempt): void;
  waited(task: string, queue: string, waitMs: number, at: number): void;
  rows(): TaskRow[];
  /** The rows that changed since this was asked for last. */
  takeChanged(): TaskRow[];
  rates(): Rates;
  queueRates(queue: string): Rates;
}

export interface EndedAttempt {
  task: string;
  queue: string;
  outcome: AttemptOutcome;
  at: number;
  durationMs?: number | undefined;
}

interface Statistics {
  task: string;
  queue: string;
  started: number;
  outcomes: Partial<Record<AttemptOutcome, number>>;
  durations: SampleWindow;
  waits: SampleWindow;
  sparkline: CountWindow;
  failedSparkline: CountWindow;
  lastAt: number;
}

const PERIODS = 60;
const PERIOD_MS = 15_000;
const WINDOW_MS = PERIODS * PERIOD_MS;
const MAX_SAMPLES = 1_000;
/** Whoever sends telemetry chooses the names: they have an end, and so has the memory. */
const MAX_NAMES = 500;

export function createTaskStatistics(now: () => number): TaskStatistics {
  const since = now();
  const tasks = new Map<string, Statistics>();
  const queues = new Map<string, RateWindow>();
  const all = createRateWindow(since);
  const changed = new Set<string>();
  let drawnAt = 0;

  const of = (task: string, queue: string): Statistics | undefined => {
    let statistics = tasks.get(task);
    if (statistics === undefined) {
      if (tasks.size >= MAX_NAMES) return undefined;
      statistics = createStatistics(task, queue);
      tasks.set(task, statistics);
    }
    changed.add(task);
    return statistics;
  };
  const rateOf = (queue: string): RateWindow | undefined => {
    let rates = queues.get(queue);
    if (rates === undefined && queues.size < MAX_NAMES) {
      rates = createRateWindow(since);
      queues.set(queue, rates);
    }
    return rates;
  };

  return {
    started(task, queue, at) {
      const statistics = of(task, queue);
      if (statistics === undefined) return;
      statistics.started += 1;
      statistics.lastAt = Math.max(statistics.lastAt, at);
    },
    ended({ task, queue, outcome, at, durationMs }) {
      const failed = isFailed(outcome);
      all.add({ at, failed, durationMs }, now());
      rateOf(queue)?.add({ at, failed, durationMs }, now());
      const statistics = of(task, queue);
      if (statistics === undefined) return;
      statistics.outcomes[outcome] = (statistics.outcomes[outcome] ?? 0) + 1;
      statistics.lastAt = Math.max(statistics.lastAt, at);
      statistics.sparkline.add(at, now());
      if (failed) statistics.failedSparkline.add(at, now());
      if (durationMs !== undefined) statistics.durations.add(durationMs, at);
    },
    waited: (task, queue, waitMs, at) => of(task, queue)?.waits.add(waitMs, at),
    rows: () => [...tasks.values()].map((each) => toRow(each, now())),
    takeChanged() {
      // A sparkline moves on by itself.
      const period = Math.floor(now() / PERIOD_MS);
      const moved = period !== drawnAt;
      drawnAt = period;
      const taken = [...tasks.values()].filter(
        ({ task, lastAt }) => changed.has(task) || (moved && lastAt > now() - 2 * WINDOW_MS),
      );
      changed.clear();
      return taken.map((each) => toRow(each, now()));
    },
    rates: () => all.rates(now()),
    queueRates: (queue) => (queues.get(queue) ?? createRateWindow(since)).rates(now()),
  };
}

const isFailed = (outcome: AttemptOutcome) => outcome === 'retry' || outcome === 'dead';

function createStatistics(task: string, queue: string): Statistics {
  return {
    task,
    queue,
    started: 0,
    outcomes: {},
    durations: createSampleWindow(MAX_SAMPLES),
    waits: createSampleWindow(MAX_SAMPLES),
    sparkline: createCountWindow(PERIODS, PERIOD_MS),
    failedSparkline: createCountWindow(PERIODS, PERIOD_MS),
    lastAt: 0,
  };
}

/** Of a task of which nothing is known but that it is there. */
export function idleRow(task: string, queue: string, now: number): TaskRow {
  return toRow(createStatistics(task, queue), now);
}

function toRow(statistics: Statistics, now: number): TaskRow {
  const { task, queue, started, outcomes, lastAt } = statistics;
  const [p50, p95, p99] =
    statistics.durations.percentiles([0.5, 0.95, 0.99], now - WINDOW_MS) ?? [];
  const [wait50, wait95] = statistics.waits.percentiles([0.5, 0.95], now - WINDOW_MS) ?? [];
  const { completed = 0, retry = 0, dead = 0, unfinished = 0, duplicate, revoked } = outcomes;
  return {
    task,
    queue,
    started,
    completed,
    failed: retry + dead,
    retried: retry,
    dead,
    unfinished,
    ...(duplicate !== undefined && { duplicates: duplicate }),
    ...(revoked !== undefined && { revoked }),
    ...(p50 !== undefined &&
      p95 !== undefined &&
      p99 !== undefined && { duration: { p50, p95, p99 } }),
    ...(wait50 !== undefined && wait95 !== undefined && { wait: { p50: wait50, p95: wait95 } }),
    sparkline: statistics.sparkline.counts(now),
    failedSparkline: statistics.failedSparkline.counts(now),
    ...(lastAt > 0 && { lastAt }),
  };
}
