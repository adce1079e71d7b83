import { randomUUID } from 'node:crypto';
import { trace } from '@opentelemetry/api';
import { toError } from '../instrumentation/error-type.ts';
import type { AttemptEnd, AttemptFacts, Start } from '../state/attempt-records.ts';
import type { TaskState } from '../state/create-task-state.ts';
import { encodeResult } from '../state/result-json.ts';
import { backoffSeconds, DEFAULT_RETRY } from '../task/retry-delay.ts';
import type { MessageFacts } from './message-facts.ts';
import { noteScheduledRun } from './note-scheduled-run.ts';
import { toRecordedError } from './recorded-error.ts';
import type { AttemptReport, Conclusion } from './report-attempt.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** The run that a duplicate is a duplicate of. */
export type FirstRun = Omit<Extract<Start, { kind: 'completed' }>, 'kind'>;

/** Whether an attempt may run. */
export type Begin =
  /**
   * Of an idempotent task, with the runs that were begun so far, this one included: deliveries that
   * were put back are no attempts.
   */
  | { kind: 'run'; runs?: number }
  | { kind: 'duplicate'; first: FirstRun }
  | { kind: 'revoked' }
  /** To be delivered again after so many seconds. */
  | { kind: 'wait'; delaySeconds: number; reason: string };

/** The record of an attempt in task state. None of its methods rejects. */
export interface AttemptRecord {
  /** @param payload as the schema gave it, for the key of the effect. */
  begin(payload: unknown): Promise<Begin>;
  /** @param value what the implementation returned. */
  end(conclusion: Conclusion, value?: unknown): Promise<void>;
}

/** For clocks that differ, and for what a task may take to heed its signal. */
const LEASE_MARGIN_MS = 1_000;
/** How long that may take. */
const CALL_MS = 1_000;
const ELSEWHERE = 'the task runs elsewhere';
const NO_STATE = 'task state could not be read';

export function createAttemptRecord(
  message: MessageFacts,
  report: AttemptReport,
  state: TaskState,
  { deadline, requestId }: Pick<WorkerEnvironment, 'deadline' | 'requestId'>,
): AttemptRecord {
  const { content, record, attempt } = message;
  const facts = factsOf(message, report, requestId);
  const task = content.kind === 'task' ? content.implementation.task : undefined;
  const exclusive = task?.idempotent === true || facts.workflow !== undefined;
  // A copy for the dead-letter queue says why it died; only a redrive brings it here.
  const redriven = Object.keys(record.messageAttributes).some((name) =>
    name.startsWith('leadline.'),
  );
  let effectKey: string | undefined;
  let ran = false;

  const start = (about: AttemptFacts, isExclusive: boolean) => {
    // Its time begins when the record is written.
    const runsUntil = Date.now() + (task?.timeoutSeconds ?? 0) * 1000 + CALL_MS;
    const leaseUntil = Math.min(runsUntil, deadline.at) + LEASE_MARGIN_MS;
    const options = { exclusive: isExclusive, redriven, leaseUntil };
    return state.attempts.start(about, options, deadline.boundCall());
  };
  const write = async (about: AttemptFacts, end: AttemptEnd) => {
    try {
      await state.attempts.end(about, end, deadline.boundCall());
    } catch {
      await state.attempts.end(about, end, deadline.boundCall());
    }
  };
  return {
    async begin(payload) {
      // What a key function throws fails the attempt, as everything of the task does.
      if (task?.effectKey !== undefined) effectKey = keyOf(task.name, task.effectKey(payload));
      const noted = noteScheduledRun(message, state.schedules, report.log, deadline.boundCall());
      try {
        const own = await start(facts, exclusive && effectKey === undefined);
        let begin = toBegin(own);
        if (begin.kind === 'run' && effectKey !== undefined) {
          begin = toBegin(await start({ ...facts, effectKey }, true));
        }
        ran = begin.kind === 'run';
        return ran && exclusive && own.kind === 'started' ? { kind: 'run', runs: own.runs } : begin;
      } catch (error) {
        const problem = { 'error.message': toError(error).message };
        if (!exclusive) {
          report.log.warn('task state could not be written; the task runs without it', problem);
          ran = true;
          return { kind: 'run' };
        }
        report.log.error('task state could not be read; the task waits for it', problem);
        const delaySeconds = backoffSeconds(DEFAULT_RETRY, attempt);
        return { kind: 'wait', delaySeconds, reason: NO_STATE };
      } finally {
        await noted;
      }
    },
    async end(conclusion, value) {
      const end = toEnd(conclusion, value, ran);
      const isKnown = conclusion.outcome === 'duplicate' && effectKey === undefined;
      if (end === undefined || isKnown) return;
      if (end.kind === 'completed' && end.error !== undefined) {
        report.log.error('the result is not kept', { 'error.message': end.error.message });
      }
      try {
        // The effect first: without it a duplicate runs again.
        if (effectKey !== undefined && conclusion.outcome !== 'duplicate') {
          await write({ ...facts, effectKey }, toEffectEnd(end));
        }
        await write(facts, end);
      } catch (error) {
        report.log.error('task state could not be written', {
          'error.message': toError(error).message,
        });
      }
    },
  };
}

function factsOf(
  { id, taskName, queue, attempt, workflow, content }: MessageFacts,
  report: AttemptReport,
  requestId: string,
): AttemptFacts {
  const message = content.kind === 'task' ? content.message : undefined;
  const span = trace.getSpanContext(report.context);
  return {
    id,
    task: taskName,
    queue: queue.name,
    attempt,
    requestId,
    owner: randomUUID(),
    ...(span && trace.isSpanContextValid(span) && { traceId: span.traceId }),
    ...(message?.enqueuedAt && { enqueuedAt: message.enqueuedAt }),
    ...(workflow && { workflow }),
  };
}

function keyOf(taskName: string, key: unknown): string {
  if (typeof key === 'string' && key !== '') return key;
  // Not the value: what is no text may be the payload.
  const given = key === '' ? 'an empty text' : `a value of type ${typeof key}`;
  throw new TypeError(
    `idempotent of task "${taskName}" gave ${given}; return a text that is not empty.`,
  );
}

/**
 * Of an effect that is not done nothing is kept but that it may be done: a message that failed or
 * was revoked says nothing of the others of its key.
 */
function toEffectEnd(end: AttemptEnd): AttemptEnd {
  return end.kind === 'completed' ? end : { kind: 'retrying' };
}

function toBegin(start: Start): Begin {
  switch (start.kind) {
    case 'completed': {
      const { kind: _, ...first } = start;
      return { kind: 'duplicate', first };
    }
    case 'revoked':
      return { kind: 'revoked' };
    case 'busy': {
      const delaySeconds = Math.max(1, Math.ceil((start.until - Date.now()) / 1000));
      return { kind: 'wait', delaySeconds, reason: ELSEWHERE };
    }
    default:
      return { kind: 'run' };
  }
}

function toEnd(conclusion: Conclusion, value: unknown, ran: boolean): AttemptEnd | undefined {
  const { outcome, failure, first } = conclusion;
  const error = failure && toRecordedError(failure);
  switch (outcome) {
    case 'completed': {
      const result = encodeResult(value);
      if ('error' in result) return { kind: 'completed', error: result.error };
      return { kind: 'completed', ...(result.json !== undefined && { resultJson: result.json }) };
    }
    case 'duplicate':
      // Of a key of its own: this message's task is as done as the one that did the work.
      return { ...first, kind: 'completed' };
    case 'retry':
      return { kind: 'retrying', ...(error && { error }) };
    case 'dead':
      return error && { kind: 'failed', error };
    case 'unfinished':
      return { kind: 'retrying', putBack: !ran };
    case 'revoked':
      return { kind: 'revoked' };
  }
}
