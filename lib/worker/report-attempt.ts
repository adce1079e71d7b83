import { type Context, context as contextApi } from '@opentelemetry/api';
import { ERROR_TYPE, QUEUE_NAME, TASK_OUTCOME } from '../instrumentation/attributes.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import type { TaskEvent } from '../task/lifecycle.ts';
import type { FirstRun } from './attempt-record.ts';
import { type Failure, failureType } from './decide-outcome.ts';
import { describeMessage, type MessageFacts, metricLabels } from './message-facts.ts';
import type { Outcome } from './process-message.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** What is told of an attempt: its span, metrics, log lines and lifecycle events. */
export interface AttemptReport {
  /** With the attempt's span active. */
  readonly context: Context;
  readonly log: BindableLog;
  /** The implementation is about to be called. */
  starting(): void;
  /** The task is over: what the worker does from here on is not part of its duration. */
  ended(): void;
  finish(conclusion: Conclusion): void;
}

export interface Conclusion {
  readonly outcome: Outcome;
  /** Of a retry, and of one that is to wait for another run. */
  readonly delaySeconds?: number;
  /** Of a retry or a death. */
  readonly failure?: Failure;
  /** Why it is unfinished. */
  readonly reason?: string;
  /** Of a duplicate. */
  readonly first?: FirstRun;
}

export const DEADLINE = 'the invocation ends before it';
export const GROUP_STOPPED = 'an earlier message of its group failed';

/** Begins the report: from here on the record counts as an attempt. */
export function startReport(facts: MessageFacts, environment: WorkerEnvironment): AttemptReport {
  const { instruments, batchTrace } = environment;
  const { record, queue, attempt, waitMs } = facts;
  const start = performance.now();
  let end: number | undefined;
  const description = describeMessage(facts);
  const labels = metricLabels(facts);
  const { span, context } = batchTrace.startSpan(record, description);
  const { 'task.wait_ms': _, ...logAttributes } = description;
  const log = environment.log.bind({
    context,
    attributes: { ...logAttributes, [QUEUE_NAME]: queue.name },
  });
  const event: TaskEvent = { task: facts.taskName, id: facts.id, queue: queue.name, attempt };
  // Listeners see the record's trace, and none sees what another did to an event.
  const emit: NonNullable<WorkerEnvironment['emit']> = (name, about) => {
    if (environment.emit === undefined) return;
    const tell = environment.emit;
    contextApi.with(context, () => tell(name, Object.freeze(about) as typeof about));
  };
  instruments.taskAttempts.add(1, labels);
  if (waitMs !== undefined) instruments.taskWait.record(waitMs, labels);
  emit('taskReceived', event);

  return {
    context,
    log,
    starting() {
      instruments.taskStarted.add(1, labels);
      log.info('task starting');
      emit('taskStarting', event);
    },
    ended() {
      end = performance.now();
    },
    finish({ outcome, delaySeconds = 0, failure, reason: unfinishedReason, first }) {
      const durationMs = Math.round(((end ?? performance.now()) - start) * 1000) / 1000;
      const error = failure === undefined ? {} : { [ERROR_TYPE]: failureType(failure) };
      const failed = { ...labels, ...error };
      span.setAttribute(TASK_OUTCOME, outcome);
      instruments.taskDuration.record(durationMs, { ...labels, [TASK_OUTCOME]: outcome });
      instruments.processDuration.record(durationMs / 1000, {
        'messaging.system': 'aws_sqs',
        'messaging.operation.name': 'process',
        'messaging.destination.name': queue.sqsName,
        ...error,
      });
      if (failure !== undefined) {
        recordFailure(span, failure.error, failureType(failure));
        instruments.taskFailed.add(1, failed);
        const reason = { ...error, 'error.message': toError(failure.error).message };
        log.error('task failed', { ...reason, duration_ms: durationMs });
        if (failure.kind === 'rejected' || failure.kind === 'unknown') {
          emit('messageRejected', {
            queue: queue.name,
            messageId: record.messageId,
            attempt,
            error: failure.error,
          });
        }
        emit('taskFailed', { ...event, error: failure.error, durationMs });
        if (outcome === 'retry') {
          instruments.taskRetries.add(1, failed);
          log.warn('task retrying', { ...reason, delay_seconds: delaySeconds });
          emit('taskRetrying', { ...event, error: failure.error, delaySeconds });
        } else {
          instruments.taskDead.add(1, failed);
          log.error('task dead', reason);
          emit('taskDead', { ...event, error: failure.error });
        }
      } else if (outcome === 'completed') {
        instruments.taskCompleted.add(1, labels);
        log.info('task completed', { duration_ms: durationMs });
        emit('taskCompleted', { ...event, durationMs });
      } else if (outcome === 'duplicate') {
        const firstTraceId = first?.traceId;
        instruments.taskDuplicates.add(1, labels);
        log.info(
          'task duplicate',
          firstTraceId === undefined ? {} : { first_trace_id: firstTraceId },
        );
        emit('taskDuplicate', { ...event, ...(firstTraceId !== undefined && { firstTraceId }) });
      } else if (outcome === 'revoked') {
        instruments.taskRevoked.add(1, labels);
        log.warn('task revoked', { duration_ms: durationMs });
        emit('taskRevoked', event);
      } else {
        instruments.taskUnfinished.add(1, labels);
        log.warn('task unfinished', { reason: unfinishedReason, duration_ms: durationMs });
      }
      span.end();
    },
  };
}
