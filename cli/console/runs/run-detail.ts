import type { Attempt, RunDetail } from '../console-api.ts';
import { describeTrace } from './describe-trace.ts';
import { type AttemptEntry, attemptsByStart, type RunEntry, summarizeRun } from './run-entry.ts';
import { roundMs, type TraceStore } from './trace-store.ts';

/** All that is known of a run. */
export function describeRun(entry: RunEntry, traces: Pick<TraceStore, 'get'>): RunDetail {
  const attempts = attemptsByStart(entry);
  const trace = describeTrace(entry, attempts, traces);
  const { droppedLogs, droppedAttempts } = entry;
  return {
    ...summarizeRun(entry),
    attemptList: attempts.map((attempt, index) =>
      describeAttempt(
        attempt,
        attempts[index - 1]?.endedAt ?? (index === 0 ? sentAt(entry) : undefined),
      ),
    ),
    logs: entry.logs.toSorted((a, b) => a.time - b.time),
    ...(trace !== undefined && { trace }),
    ...(droppedLogs + droppedAttempts > 0 && {
      truncated: {
        ...(droppedLogs > 0 && { logs: droppedLogs }),
        ...(droppedAttempts > 0 && { attempts: droppedAttempts }),
      },
    }),
  };
}

/** From then on it is SQS that has it. */
function sentAt({ sentAt, enqueuedAt, droppedAttempts }: RunEntry): number | undefined {
  return droppedAttempts > 0 ? undefined : (sentAt ?? enqueuedAt);
}

function describeAttempt(
  { key: _, ...attempt }: AttemptEntry,
  before: number | undefined,
): Attempt {
  const { startedAt } = attempt;
  return {
    ...attempt,
    ...(startedAt !== undefined &&
      before !== undefined && { delayBeforeMs: roundMs(Math.max(0, startedAt - before)) }),
  };
}
