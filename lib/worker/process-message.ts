import { context as contextApi } from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import { InvalidPayload } from '../errors/invalid-payload.ts';
import {
  type AttemptState,
  abandonAttempt,
  withAttemptState,
} from '../instrumentation/attempt-state.ts';
import { TASK_OUTCOME } from '../instrumentation/attributes.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import { backoffSeconds, clampDelaySeconds } from '../task/retry-delay.ts';
import { validatePayload } from '../task/validate-payload.ts';
import { decideOutcome, type Failure } from './decide-outcome.ts';
import { isFifo, type MessageContent, type MessageFacts, readMessage } from './message-facts.ts';
import type { WorkerQueue } from './queue-index.ts';
import { type AttemptReport, type Conclusion, DEADLINE, startReport } from './report-attempt.ts';
import { runAttempt } from './run-attempt.ts';
import { sendDeadLetter } from './send-dead-letter.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** What became of a message in this attempt. */
export type Outcome = 'completed' | 'retry' | 'dead' | 'unfinished';

export interface MessageResult {
  readonly record: SQSRecord;
  readonly queue: WorkerQueue;
  readonly outcome: Outcome;
  /** When it is to be delivered again, counted from `decidedAt`; absent: as its visibility timeout says. */
  readonly visibilitySeconds?: number;
  /** By `Date.now()`: siblings may run on for long before the delay is set. */
  readonly decidedAt: number;
  readonly error?: unknown;
}

/** Takes one record from its delivery to its outcome, in a span of its own. Never rejects. */
export async function processMessage(
  record: SQSRecord,
  queue: WorkerQueue,
  environment: WorkerEnvironment,
): Promise<MessageResult> {
  const facts = readMessage(record, queue, environment.registry);
  const report = startReport(facts, environment);
  const state: AttemptState = { abandoned: false, openSpans: new Set() };
  const end = await contextApi.with(withAttemptState(report.context, state), () =>
    attemptTask(facts, report, environment),
  );
  report.ended();
  if (end.kind === 'unfinished') {
    abandonAttempt(state, (span) => span.setAttribute(TASK_OUTCOME, 'unfinished'));
  } else if (end.kind === 'failed' && isStillRunning(end.failure)) {
    abandonAttempt(state);
  }
  // The context without the attempt's state: what the worker itself does is never dropped.
  const conclusion: Conclusion =
    end.kind === 'completed'
      ? { outcome: 'completed' }
      : await contextApi.with(report.context, () => conclude(facts, end, report.log, environment));
  report.finish(conclusion);
  const result = toResult(facts, conclusion);
  if (environment.acknowledge === 'each') await acknowledge(result, environment);
  return result;
}

function isStillRunning(failure: Failure): boolean {
  return failure.kind === 'timeout' && failure.ignoredSignal;
}

type End = { kind: 'completed' } | { kind: 'unfinished' } | { kind: 'failed'; failure: Failure };

async function attemptTask(
  { content, queue, attempt, id, groupId }: MessageFacts,
  report: AttemptReport,
  { deadline }: WorkerEnvironment,
): Promise<End> {
  if (content.kind !== 'task') return { kind: 'failed', failure: toRefusal(content) };
  const { message, implementation } = content;
  const { task } = implementation;
  let invalid: InvalidPayload | undefined;
  const end = await runAttempt(
    task,
    async (time) => {
      const payload = await validatePayload(task, message.payload).catch((error: unknown) => {
        if (error instanceof InvalidPayload) invalid = error;
        throw error;
      });
      // A schema may be asynchronous and slow.
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
  );
  const { retry, timeoutSeconds } = task;
  switch (end.kind) {
    case 'thrown': {
      const { error } = end;
      const failure: Failure =
        invalid !== undefined ? { kind: 'rejected', error } : { kind: 'thrown', error, retry };
      return { kind: 'failed', failure };
    }
    case 'timeout':
      if (end.ignoredSignal) {
        report.log.error('task ignores its AbortSignal and may still be running', {
          timeout_seconds: timeoutSeconds,
        });
      }
      return { kind: 'failed', failure: { ...end, retry, timeoutSeconds } };
    default:
      return end;
  }
}

function toRefusal(content: Exclude<MessageContent, { kind: 'task' }>): Failure {
  return { kind: content.kind === 'unknown' ? 'unknown' : 'rejected', error: content.error };
}

/** Decides, and for a dead message sends its copy: one that SQS does not take is a retry. */
async function conclude(
  facts: MessageFacts,
  end: Exclude<End, { kind: 'completed' }>,
  log: BindableLog,
  environment: WorkerEnvironment,
): Promise<Conclusion> {
  if (end.kind === 'unfinished') return { outcome: 'unfinished', reason: DEADLINE };
  const { failure } = end;
  const decision = decide(facts, failure, log, environment);
  if (decision.outcome === 'retry') return { ...decision, failure };
  if (await sendDeadLetter(facts, failure, { ...environment, log })) {
    return { outcome: 'dead', failure };
  }
  return { outcome: 'retry', delaySeconds: afterFailedCopy(facts), failure };
}

function decide(
  { queue, attempt }: MessageFacts,
  failure: Failure,
  log: BindableLog,
  { batchLength, receivedAt }: WorkerEnvironment,
): ReturnType<typeof decideOutcome> {
  const countIsExact = !isFifo(queue) || (batchLength === 1 && (queue.batchSize ?? 1) === 1);
  const facts = { attempt, countIsExact };
  let decision: ReturnType<typeof decideOutcome>;
  try {
    decision = decideOutcome(failure, facts);
  } catch (thrown) {
    log.error('retry.when threw; the backoff applies', {
      'error.message': toError(thrown).message,
    });
    decision = decideOutcome(withoutWhen(failure), facts);
  }
  if (decision.outcome === 'dead') return decision;
  const secondsSinceReceive = (Date.now() - receivedAt) / 1000;
  const delaySeconds = clampDelaySeconds(decision.delaySeconds, secondsSinceReceive);
  return { outcome: 'retry', delaySeconds };
}

function withoutWhen(failure: Failure): Failure {
  if (!('retry' in failure)) return failure;
  const { maxAttempts, minDelaySeconds, maxDelaySeconds } = failure.retry;
  return { ...failure, retry: { maxAttempts, minDelaySeconds, maxDelaySeconds } };
}

/** The backoff that tasks have by default: the dead-letter queue is to be spared too. */
function afterFailedCopy({ attempt }: MessageFacts): number {
  return backoffSeconds({ maxAttempts: 1, minDelaySeconds: 2, maxDelaySeconds: 300 }, attempt);
}

function toResult({ record, queue }: MessageFacts, conclusion: Conclusion): MessageResult {
  const { outcome, delaySeconds, failure } = conclusion;
  return {
    record,
    queue,
    outcome,
    decidedAt: Date.now(),
    ...(delaySeconds !== undefined && { visibilitySeconds: delaySeconds }),
    ...(failure !== undefined && { error: failure.error }),
  };
}

/** Narrows what a killed process brings back. Lambda's own delete makes up for one that fails. */
async function acknowledge(
  { record, queue, outcome }: MessageResult,
  { sqs, log, deadline }: WorkerEnvironment,
): Promise<void> {
  if ((outcome !== 'completed' && outcome !== 'dead') || queue.url === undefined) return;
  try {
    const { deleteMessage } = await sqs();
    await deleteMessage(queue.url, record.receiptHandle, deadline.boundCall());
  } catch (error) {
    log.warn('a finished message could not be deleted at once', {
      'error.message': toError(error).message,
    });
  }
}
