import type { AttemptOutcome } from '../console-api.ts';
import type { FeedLog, FeedSpan } from '../telemetry-feed.ts';
import { cutText } from './cut-text.ts';
import type { AttemptEntry, RunEntry } from './run-entry.ts';
import { roundMs, toMs } from './trace-store.ts';

const OUTCOMES: ReadonlySet<string> = new Set([
  'completed',
  'retry',
  'dead',
  'unfinished',
  'duplicate',
  'revoked',
  'expired',
] satisfies AttemptOutcome[]);

/** The outcome that the span of an attempt has, of those that the page knows. */
export function outcomeOf({ kind, attributes }: FeedSpan): AttemptOutcome | undefined {
  const outcome = attributes['task.outcome'];
  // The task's own spans have an outcome, too, when they were left open.
  if (kind !== 'CONSUMER' || typeof outcome !== 'string' || !OUTCOMES.has(outcome))
    return undefined;
  return outcome as AttemptOutcome;
}

/** What the worker's own lines say an attempt came to. */
const LINES: ReadonlyMap<unknown, AttemptOutcome> = new Map([
  ['task completed', 'completed'],
  ['task retrying', 'retry'],
  ['task dead', 'dead'],
  ['task unfinished', 'unfinished'],
  ['task duplicate', 'duplicate'],
  ['task revoked', 'revoked'],
]);

const MAX_ATTEMPTS = 50;
const MAX_NAME = 256;
const MAX_TEXT = 2_048;
const MAX_STACK = 8_192;

/** The attempt that a span or a line is of; a new one where it is the first of it. */
export function findAttempt(
  entry: RunEntry,
  attempt: number,
  { spanId, traceId }: { spanId?: string | undefined; traceId?: string | undefined },
): AttemptEntry {
  const key = spanId ?? `#${attempt}`;
  const known = entry.attempts.findLast((each) => each.key === key);
  if (known !== undefined) return known;
  const added: AttemptEntry = {
    key,
    attempt,
    outcome: 'running',
    ...(spanId !== undefined && { spanId }),
    ...(traceId !== undefined && { traceId }),
  };
  entry.attempts.push(added);
  if (entry.attempts.length > MAX_ATTEMPTS) {
    entry.attempts.shift();
    entry.droppedAttempts += 1;
  }
  return added;
}

/** A span says all but the delay before the next attempt. */
export function readSpanInto(attempt: AttemptEntry, span: FeedSpan, outcome: AttemptOutcome): void {
  attempt.outcome = outcome;
  attempt.startedAt = toMs(span.startTimeUnixNano);
  attempt.endedAt = toMs(span.endTimeUnixNano);
  attempt.durationMs = roundMs(attempt.endedAt - attempt.startedAt);
  const functionName = span.resource['faas.name'];
  if (typeof functionName === 'string') attempt.functionName = cutText(functionName, MAX_NAME);
  const exception = span.events.findLast(({ name }) => name === 'exception')?.attributes ?? {};
  const type = span.attributes['error.type'] ?? exception['exception.type'];
  if (typeof type !== 'string') return;
  const message = exception['exception.message'] ?? span.status.message ?? '';
  const stack = exception['exception.stacktrace'];
  attempt.error = {
    type: cutText(type, MAX_NAME),
    message: cutText(String(message), MAX_TEXT),
    ...(typeof stack === 'string' && { stack: cutText(stack, MAX_STACK) }),
  };
}

/**
 * A line of the worker. Where the attempt is sampled its span says what became of it, and says it
 * better: a task may log `task completed`, too.
 */
export function readLogInto(attempt: AttemptEntry, log: FeedLog): void {
  const { body, attributes } = log;
  const at = toMs(log.timeUnixNano);
  if (body === 'task starting') attempt.startedAt ??= at;
  const { delay_seconds: delaySeconds } = attributes;
  if (body === 'task retrying' && typeof delaySeconds === 'number') {
    attempt.delaySeconds = delaySeconds;
  }
  const isSampled = ((log.flags ?? 0) & 1) === 1;
  if (isSampled) return;
  const { duration_ms: durationMs, 'error.type': type, 'error.message': message } = attributes;
  if (typeof durationMs === 'number') attempt.durationMs = durationMs;
  if (body === 'task failed' && typeof type === 'string') {
    attempt.error = {
      type: cutText(type, MAX_NAME),
      message: cutText(String(message ?? ''), MAX_TEXT),
    };
  }
  const outcome = LINES.get(body);
  if (outcome === undefined) return;
  attempt.outcome = outcome;
  attempt.endedAt = at;
}
