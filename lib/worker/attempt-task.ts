import { InvalidPayload } from '../errors/invalid-payload.ts';
import { InvalidSetting } from '../errors/invalid-setting.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { AttemptRecord, Begin, FirstRun } from './attempt-record.ts';
import type { Failure } from './decide-outcome.ts';
import type { MessageContent, MessageFacts } from './message-facts.ts';
import { type AttemptReport, DEADLINE } from './report-attempt.ts';
import { runAttempt } from './run-attempt.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** How an attempt of a task ended, before anything is made of it. */
export type End =
  | { kind: 'completed'; value: unknown }
  | { kind: 'duplicate'; first: FirstRun }
  | { kind: 'revoked'; ignoredSignal: boolean }
  | { kind: 'unfinished'; reason: string; delaySeconds?: number }
  /** `runs`: where they are known, the runs that were begun so far, this one included. */
  | { kind: 'failed'; failure: Failure; runs?: number };

/** Runs a message's task, where its payload fits and its record lets it. Never rejects. */
export async function attemptTask(
  { content, queue, attempt, id, groupId, workflow }: MessageFacts,
  report: AttemptReport,
  record: AttemptRecord | undefined,
  { deadline, recorder }: WorkerEnvironment,
): Promise<End> {
  if (content.kind !== 'task') return { kind: 'failed', failure: toRefusal(content) };
  const { message, implementation } = content;
  const { task } = implementation;
  const { retry, timeoutSeconds } = task;
  if (workflow !== undefined && record === undefined) {
    const error = new InvalidSetting('TASK_TABLE', 'is not set, and a chain or group needs it.');
    return { kind: 'failed', failure: { kind: 'thrown', error, retry } };
  }
  let invalid: InvalidPayload | undefined;
  let begin: Begin = { kind: 'run' };
  const end = await runAttempt(
    task,
    async (time, untimed) => {
      const payload = await validatePayload(task, message.payload).catch((error: unknown) => {
        if (error instanceof InvalidPayload) invalid = error;
        throw error;
      });
      if (record !== undefined) begin = await untimed(() => record.begin(payload));
      if (begin.kind !== 'run') return undefined;
      // A schema may be asynchronous and slow, and so may the record be.
      time.signal.throwIfAborted();
      report.starting();
      return implementation.run(payload, {
        id,
        attempt,
        maxAttempts: task.retry.maxAttempts,
        queue: queue.name,
        log: report.log,
        message,
        ...(message.enqueuedAt && { enqueuedAt: message.enqueuedAt }),
        ...(groupId !== undefined && { groupId }),
        ...time,
      });
    },
    deadline,
    recorder && ((abort) => recorder.revocations.add(id, abort)),
  );
  if (begin.kind !== 'run') return notRun(begin);
  const runs = begin.runs === undefined ? {} : { runs: begin.runs };
  switch (end.kind) {
    case 'thrown': {
      const { error } = end;
      const failure: Failure =
        invalid !== undefined ? { kind: 'rejected', error } : { kind: 'thrown', error, retry };
      return { kind: 'failed', failure, ...runs };
    }
    case 'timeout':
      if (end.ignoredSignal) warnOfRunning(report, { timeout_seconds: timeoutSeconds });
      return { kind: 'failed', failure: { ...end, retry, timeoutSeconds }, ...runs };
    case 'revoked':
      if (end.ignoredSignal) warnOfRunning(report, {});
      return end;
    case 'unfinished':
      return { kind: 'unfinished', reason: DEADLINE };
    case 'completed':
      return end;
  }
}

function notRun(begin: Exclude<Begin, { kind: 'run' }>): End {
  switch (begin.kind) {
    case 'duplicate':
      return begin;
    case 'revoked':
      return { kind: 'revoked', ignoredSignal: false };
    case 'wait':
      return { ...begin, kind: 'unfinished' };
  }
}

function warnOfRunning(
  { log }: AttemptReport,
  attributes: Readonly<Record<string, unknown>>,
): void {
  log.error('task ignores its AbortSignal and may still be running', attributes);
}

function toRefusal(content: Exclude<MessageContent, { kind: 'task' }>): Failure {
  return { kind: content.kind === 'unknown' ? 'unknown' : 'rejected', error: content.error };
}
