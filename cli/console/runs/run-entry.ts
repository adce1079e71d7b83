import type { AttemptOutcome, RunLog, RunState, RunSummary } from '../console-api.ts';

/** What the index knows of one run. */
export interface RunEntry {
  readonly id: string;
  task: string;
  queue: string;
  traceId?: string;
  /** When its producer began to send it. */
  enqueuedAt?: number;
  /** When SQS had it. */
  sentAt?: number;
  waitMs?: number;
  /** By arrival. */
  attempts: AttemptEntry[];
  logs: RunLog[];
  droppedAttempts: number;
  droppedLogs: number;
  updatedAt: number;
}

/** One delivery. A redriven message counts from 1 again, so that the number alone does not tell it. */
export interface AttemptEntry {
  /** Span id, or where there is none the number. */
  readonly key: string;
  attempt: number;
  outcome: AttemptOutcome;
  startedAt?: number;
  endedAt?: number;
  durationMs?: number;
  delaySeconds?: number;
  error?: { type: string; message: string; stack?: string };
  spanId?: string;
  traceId?: string;
  functionName?: string;
}

/** In the order in which they began. */
export function attemptsByStart({ attempts }: RunEntry): AttemptEntry[] {
  return [...attempts].sort(
    (a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || a.attempt - b.attempt,
  );
}

/** A duplicate tells nothing new: what the other delivery came to stands. */
const STATES: Partial<Record<AttemptOutcome, RunState>> = {
  running: 'running',
  completed: 'completed',
  retry: 'retrying',
  unfinished: 'retrying',
  dead: 'dead',
  revoked: 'revoked',
  expired: 'expired',
};
const FINAL: ReadonlySet<RunState> = new Set(['completed', 'dead', 'revoked', 'expired']);

/** Numbers may be missing, where a delivery never reached the task, and begin again at a redrive. */
function countDeliveries({ droppedAttempts }: RunEntry, attempts: readonly AttemptEntry[]): number {
  let count = 0;
  let before = 0;
  for (const { attempt } of attempts) {
    if (attempt <= before) count += before;
    before = attempt;
  }
  return Math.max(count + before, droppedAttempts + attempts.length);
}

export function summarizeRun(entry: RunEntry): RunSummary {
  const attempts = attemptsByStart(entry);
  const telling = attempts.filter(({ outcome }) => STATES[outcome] !== undefined);
  const last = telling.at(-1);
  const state = (last && STATES[last.outcome]) ?? 'queued';
  const ended = attempts.findLast(({ durationMs }) => durationMs !== undefined);
  const failed = attempts.findLast(({ error }) => error !== undefined);
  const { id, task, queue, enqueuedAt, waitMs, traceId, updatedAt } = entry;
  const startedAt = attempts[0]?.startedAt;
  return {
    id,
    task,
    queue,
    state,
    attempts: countDeliveries(entry, attempts),
    ...(enqueuedAt !== undefined && { enqueuedAt }),
    ...(startedAt !== undefined && { startedAt }),
    ...(FINAL.has(state) && last?.endedAt !== undefined && { finishedAt: last.endedAt }),
    ...(waitMs !== undefined && { waitMs }),
    ...(ended?.durationMs !== undefined && { durationMs: ended.durationMs }),
    ...(traceId !== undefined && { traceId }),
    ...(failed?.error && { error: { type: failed.error.type, message: failed.error.message } }),
    updatedAt,
  };
}
