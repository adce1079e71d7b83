import { context as contextApi } from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import {
  type AttemptState,
  abandonAttempt,
  withAttemptState,
} from '../instrumentation/attempt-state.ts';
import { TASK_OUTCOME } from '../instrumentation/attributes.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { AttemptRecord } from './attempt-record.ts';
import { attemptTask, type End } from './attempt-task.ts';
import { conclude } from './conclude.ts';
import { type MessageFacts, readMessage } from './message-facts.ts';
import type { WorkerQueue } from './queue-index.ts';
import { type AttemptReport, type Conclusion, startReport } from './report-attempt.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/**
 * What became of a message in this attempt. A `duplicate` was not run, since its effect is done; a
 * `revoked` one was skipped or aborted, since somebody revoked it.
 */
export type Outcome = 'completed' | 'retry' | 'dead' | 'unfinished' | 'duplicate' | 'revoked';

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

/** Whether a message is to be delivered again; every other one is done, and SQS may delete it. */
export function staysOnQueue(outcome: Outcome): boolean {
  return outcome === 'retry' || outcome === 'unfinished';
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
  const attemptRecord = recordOf(facts, report, environment);
  const end = await contextApi.with(withAttemptState(report.context, state), () =>
    attemptTask(facts, report, attemptRecord, environment),
  );
  report.ended();
  if (end.kind === 'unfinished') {
    abandonAttempt(state, (span) => span.setAttribute(TASK_OUTCOME, 'unfinished'));
  } else if (isStillRunning(end)) {
    abandonAttempt(state);
  }
  // The context without the attempt's state: what the worker itself does is never dropped.
  const conclusion: Conclusion =
    end.kind === 'completed' && attemptRecord === undefined
      ? { outcome: 'completed' }
      : await contextApi.with(report.context, async () => {
          const concluded = await conclude(facts, end, report.log, environment);
          await attemptRecord?.end(concluded, end.kind === 'completed' ? end.value : undefined);
          if (facts.workflow === undefined) return concluded;
          const { followWorkflow } = await import('./follow-workflow.ts');
          return followWorkflow(facts, end, concluded, report.log, environment);
        });
  report.finish(conclusion);
  const result = toResult(facts, conclusion);
  if (environment.acknowledge === 'each') await acknowledge(result, environment);
  return result;
}

/** What cannot be decoded is no task, and has no record. */
function recordOf(
  facts: MessageFacts,
  report: AttemptReport,
  environment: WorkerEnvironment,
): AttemptRecord | undefined {
  if (facts.content.kind === 'invalid') return undefined;
  return environment.recorder?.record(facts, report, environment);
}

function isStillRunning(end: End): boolean {
  if (end.kind === 'revoked') return end.ignoredSignal;
  return end.kind === 'failed' && end.failure.kind === 'timeout' && end.failure.ignoredSignal;
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
  if (staysOnQueue(outcome) || queue.url === undefined) return;
  try {
    const { deleteMessage } = await sqs();
    await deleteMessage(queue.url, record.receiptHandle, deadline.boundCall());
  } catch (error) {
    log.warn('a finished message could not be deleted at once', {
      'error.message': toError(error).message,
    });
  }
}
