import type { Rates, RunDetail, RunList, RunQuery, RunSummary, TaskRow } from '../console-api.ts';
import type { FeedArrival, FeedLog, FeedSpan } from '../telemetry-feed.ts';
import { createAgeMap } from './age-map.ts';
import { copyText } from './cut-text.ts';
import { createErrorStore } from './error-store.ts';
import { createLogStore, type LogStoreOptions } from './log-store.ts';
import { findAttempt, outcomeOf, readLogInto, readSpanInto } from './read-attempt.ts';
import { describeRun } from './run-detail.ts';
import { type AttemptEntry, type RunEntry, summarizeRun } from './run-entry.ts';
import { toRunLog } from './run-log.ts';
import { createTaskStatistics } from './task-statistics.ts';
import { createTraceStore, type TraceStoreOptions, toMs } from './trace-store.ts';

export interface RunIndexOptions extends TraceStoreOptions {
  /** @default 10_000 */
  maxRuns?: number;
  /** In all runs. @default 100_000 */
  maxAttempts?: number;
  /** Of the errors of all attempts, estimated. @default 32 MiB */
  maxErrorBytes?: number;
  logs?: LogStoreOptions;
  /** @default the clock */
  now?: () => number;
}

/** A run that was sent from here, before any telemetry of it. */
export interface QueuedRun {
  id: string;
  task: string;
  queue: string;
  traceId?: string;
}

/**
 * Runs, tasks and traces, from telemetry as it arrives: what arrives takes constant time, and
 * memory has an end. The oldest runs are dropped; what was counted of them stays.
 */
export interface RunIndex {
  add(arrival: FeedArrival): void;
  addQueued(run: QueuedRun): void;
  /** Newest first, by when they became known. */
  list(query: RunQuery): RunList;
  detail(id: string): RunDetail | undefined;
  tasks(): TaskRow[];
  rates(): Rates;
  queueRates(queue: string): Rates;
  /** What changed since this was asked for last, oldest change first; at most so many, the rest next time. */
  takeChangedRuns(limit: number): RunSummary[];
  /** Nobody wants to know what changed until now. */
  forgetChangedRuns(): void;
  takeChangedTasks(): TaskRow[];
  size(): { runs: number; traces: number; spans: number; logs: number; bytes: number };
}

/** The attempt that something was told of, and whether it was the first that was. */
interface Told {
  attempt: AttemptEntry;
  isNew: boolean;
}

const DEFAULT_LIMIT = 50;
/** As the worker and SQS have it. */
const MAX_ID = 128;
const MAX_NAME = 80;

export function createRunIndex(options: RunIndexOptions = {}): RunIndex {
  const { maxRuns = 10_000, maxAttempts = 100_000, now = Date.now } = options;
  const runs = createAgeMap<string, RunEntry>();
  const traces = createTraceStore(options);
  const logs = createLogStore(options.logs);
  const errors = createErrorStore(options.maxErrorBytes);
  const statistics = createTaskStatistics(now);
  const changed = new Map<string, RunEntry>();
  let attempts = 0;

  const touch = (entry: RunEntry) => {
    entry.updatedAt = now();
    changed.set(entry.id, entry);
  };
  const dropOldest = () => {
    const oldest = runs.oldest();
    if (oldest === undefined) return;
    runs.delete(oldest.id);
    changed.delete(oldest.id);
    errors.forget(oldest.attempts);
    attempts -= oldest.attempts.length;
    // Its log records know it for as long as they are kept.
    oldest.attempts = [];
  };
  const find = (id: string, task: unknown, queue: string | undefined): RunEntry => {
    let entry = runs.get(id);
    if (entry === undefined) {
      entry = createEntry(id);
      runs.add(id, entry);
      if (runs.size > maxRuns) dropOldest();
    }
    if (entry.task === 'unknown' && typeof task === 'string') entry.task = copyText(task, MAX_NAME);
    if (entry.queue === '' && queue !== undefined) entry.queue = copyText(queue, MAX_NAME);
    touch(entry);
    return entry;
  };
  /** Counts an attempt once when it begins and once when it ends, however often it is told of. */
  const update = (entry: RunEntry, { attempt, isNew }: Told, toldAt: number, apply: () => void) => {
    const wasRunning = attempt.outcome === 'running';
    apply();
    errors.keep(entry, attempt);
    const { task, queue } = entry;
    const at = attempt.endedAt ?? attempt.startedAt ?? toldAt;
    if (isNew) statistics.started(task, queue, at);
    const { outcome, durationMs } = attempt;
    if (wasRunning && outcome !== 'running') {
      statistics.ended({ task, queue, outcome, at, durationMs });
    }
  };
  const attemptOf = (entry: RunEntry, record: FeedSpan | FeedLog): Told => {
    const { attributes, spanId, traceId } = record;
    const [first] = entry.attempts;
    const before = entry.attempts.at(-1);
    const number = Number(attributes['task.attempt']) || 1;
    const attempt = findAttempt(entry, number, { spanId, traceId });
    const isNew = entry.attempts.at(-1) !== before;
    if (first !== undefined && first !== entry.attempts[0]) errors.forget([first]);
    else if (isNew) attempts += 1;
    while (attempts > maxAttempts && runs.size > 1) dropOldest();
    return { attempt, isNew };
  };

  const addSend = (span: FeedSpan, id: string) => {
    const { attributes, name, status } = span;
    const [operation = '', queue] = name.split(' ');
    // A copy to a dead-letter queue is a send, too, and says nothing of when the run began.
    const isDeadLetter = queue?.endsWith('-dlq') ?? true;
    if (isDeadLetter || status.code === 'ERROR' || !/^(send|create)$/.test(operation)) return;
    const entry = find(id, attributes['task.name'], queue);
    const at = toMs(span.startTimeUnixNano);
    // A redrive sends it again.
    if (entry.enqueuedAt !== undefined && entry.enqueuedAt <= at && entry.sentAt !== undefined)
      return;
    entry.enqueuedAt = Math.min(at, entry.enqueuedAt ?? at);
    entry.sentAt = toMs(span.endTimeUnixNano);
    entry.traceId = span.traceId;
  };
  const addAttempt = (span: FeedSpan, id: string) => {
    const outcome = outcomeOf(span);
    if (outcome === undefined) return;
    const { attributes, name } = span;
    const entry = find(id, attributes['task.name'], name.replace(/^process /, ''));
    const told = attemptOf(entry, span);
    const { attempt } = told;
    update(entry, told, toMs(span.endTimeUnixNano), () => readSpanInto(attempt, span, outcome));
    entry.traceId ??= span.traceId;
    const waitMs = attributes['task.wait_ms'];
    if (typeof waitMs !== 'number' || entry.waitMs !== undefined) return;
    entry.waitMs = waitMs;
    // Its producer may be of another language, or not sampled.
    entry.enqueuedAt ??= (attempt.startedAt as number) - waitMs;
    statistics.waited(entry.task, entry.queue, waitMs, attempt.startedAt as number);
  };
  const addSpan = (span: FeedSpan) => {
    traces.add(span);
    const id = span.attributes['task.id'];
    if (!isId(id)) return;
    if (span.kind === 'PRODUCER') addSend(span, id);
    else if (span.kind === 'CONSUMER') addAttempt(span, id);
  };
  const addLog = (log: FeedLog) => {
    const { attributes } = log;
    const { 'task.id': id, 'task.attempt': number, 'queue.name': queue } = attributes;
    if (!isId(id)) return;
    const isOfAttempt = number !== undefined;
    const known = runs.get(id);
    if (known === undefined && !isOfAttempt) return;
    const entry = find(id, attributes['task.name'], typeof queue === 'string' ? queue : undefined);
    logs.add(entry, toRunLog(log));
    if (isOfAttempt && isWorkerLine(log)) addWorkerLine(entry, log);
  };
  const addWorkerLine = (entry: RunEntry, log: FeedLog) => {
    const told = attemptOf(entry, log);
    update(entry, told, toMs(log.timeUnixNano), () => readLogInto(told.attempt, log));
    if (log.traceId !== undefined) entry.traceId ??= log.traceId;
  };

  /** Of the attempt alone: as one of the run's lines it comes with the log record. */
  const addLine = (line: FeedLog) => {
    const { 'task.id': id, 'task.name': task, 'queue.name': queue } = line.attributes;
    if (!isId(id) || !isWorkerLine(line)) return;
    addWorkerLine(find(id, task, typeof queue === 'string' ? queue : undefined), line);
  };

  return {
    add(arrival) {
      if (arrival.signal === 'spans') for (const span of arrival.records) addSpan(span);
      else if (arrival.signal === 'logs') for (const log of arrival.records) addLog(log);
      else if (arrival.signal === 'lines') for (const line of arrival.records) addLine(line);
    },
    addQueued({ id, task, queue, traceId }) {
      const entry = find(id, task, queue);
      entry.enqueuedAt ??= now();
      if (traceId !== undefined) entry.traceId ??= traceId;
    },
    list({ task, queue, state, limit = DEFAULT_LIMIT, before }) {
      const found: RunSummary[] = [];
      for (const entry of runs.newestFirst(before)) {
        if (task !== undefined && entry.task !== task) continue;
        if (queue !== undefined && entry.queue !== queue) continue;
        const run = summarizeRun(entry);
        if (state !== undefined && run.state !== state) continue;
        const last = found.at(-1);
        if (found.length === limit && last !== undefined) return { runs: found, next: last.id };
        found.push(run);
      }
      return { runs: found };
    },
    detail(id) {
      const entry = runs.get(id);
      return entry && describeRun(entry, traces);
    },
    tasks: statistics.rows,
    rates: statistics.rates,
    queueRates: statistics.queueRates,
    takeChangedRuns(limit) {
      const taken: RunSummary[] = [];
      for (const [id, entry] of changed) {
        if (taken.length === limit) break;
        changed.delete(id);
        taken.push(summarizeRun(entry));
      }
      return taken;
    },
    forgetChangedRuns: () => changed.clear(),
    takeChangedTasks: statistics.takeChanged,
    size: () => {
      const { traces: count, spans, bytes } = traces.size();
      const { logs: logCount, bytes: logBytes } = logs.size();
      return {
        runs: runs.size,
        traces: count,
        spans,
        logs: logCount,
        bytes: bytes + logBytes + errors.bytes(),
      };
    },
  };
}

/** The lines that tell of the attempt itself; a task's own lines are of it, and tell nothing of it. */
const WORKER_LINE = /^task (starting|failed|retrying|dead|completed|unfinished|duplicate|revoked)$/;

function isWorkerLine({ body }: FeedLog): boolean {
  return typeof body === 'string' && WORKER_LINE.test(body);
}

function isId(id: unknown): id is string {
  return typeof id === 'string' && id !== '' && id.length <= MAX_ID;
}

function createEntry(id: string): RunEntry {
  return {
    id,
    task: 'unknown',
    queue: '',
    attempts: [],
    logs: [],
    droppedAttempts: 0,
    droppedLogs: 0,
    updatedAt: 0,
  };
}
