import { type Attributes, context as contextApi, type Span } from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import type { InvalidMessage } from '../errors/invalid-message.ts';
import { UnknownTask } from '../errors/unknown-task.ts';
import {
  ERROR_TYPE,
  QUEUE_NAME,
  TASK_ATTEMPT,
  TASK_ID,
  TASK_NAME,
  TASK_OUTCOME,
  TASK_WAIT_MS,
} from '../instrumentation/attributes.ts';
import { errorType, toError } from '../instrumentation/error-type.ts';
import type { Instruments } from '../instrumentation/instruments.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import type { TaskImplementation } from '../task/implement-task.ts';
import { type DecodedMessage, decodeMessage, MESSAGE_VERSION } from '../task/task-message.ts';
import type { ImplementationRegistry } from '../task/task-registry.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { BatchTrace } from './batch-trace.ts';
import type { WorkerQueue } from './queue-index.ts';
import { runAttempt } from './run-attempt.ts';

/** What became of a message in this attempt. */
export type Outcome = 'completed' | 'retry';

/** What processing a message needs of its worker and its invocation. */
export interface MessageEnvironment {
  registry: ImplementationRegistry;
  instruments: Instruments;
  batchTrace: BatchTrace;
  log: BindableLog;
  /** When the invocation must be done with its tasks, by `Date.now()`. */
  deadline: number;
}

/** Takes one record from its delivery to its outcome, in a span of its own. Never throws. */
export async function processMessage(
  record: SQSRecord,
  queue: WorkerQueue,
  environment: MessageEnvironment,
): Promise<Outcome> {
  const { registry, instruments, batchTrace } = environment;
  const start = Date.now();
  const attempt = Number(record.attributes.ApproximateReceiveCount) || 1;
  const decoded = tryDecode(record);
  const message = 'message' in decoded ? decoded.message : undefined;
  const implementation = message && findImplementation(registry, message);
  const taskName = implementation?.task.name ?? 'unknown';
  const labels = { [TASK_NAME]: taskName, [QUEUE_NAME]: queue.name };
  const waitMs = attempt === 1 ? waitedMs(record, message, start) : undefined;
  const { span, context } = batchTrace.startSpan(record, {
    [TASK_NAME]: message?.task ?? 'unknown',
    [TASK_ID]: message?.id ?? record.messageId,
    [TASK_ATTEMPT]: attempt,
    ...(waitMs !== undefined && { [TASK_WAIT_MS]: waitMs }),
  });
  const log = environment.log.bind({
    context,
    attributes: {
      [TASK_ID]: message?.id ?? record.messageId,
      [TASK_NAME]: message?.task ?? 'unknown',
      [QUEUE_NAME]: queue.name,
      [TASK_ATTEMPT]: attempt,
    },
  });
  instruments.taskAttempts.add(1, labels);
  if (waitMs !== undefined) instruments.taskWait.record(waitMs, labels);

  return contextApi.with(context, async () => {
    let failure: unknown;
    let outcome: Outcome = 'completed';
    try {
      if ('error' in decoded) throw decoded.error;
      if (implementation === undefined) throw unknownTask(decoded.message);
      await run(implementation, decoded.message, { attempt, queue, log, labels }, environment);
    } catch (error) {
      failure = error;
      outcome = 'retry';
    }
    const durationMs = Date.now() - start;
    conclude({ span, log, instruments, labels, attempt, durationMs, outcome, failure });
    return outcome;
  });
}

interface RunFacts {
  attempt: number;
  queue: WorkerQueue;
  log: BindableLog;
  labels: Attributes;
}

async function run(
  implementation: TaskImplementation,
  message: DecodedMessage,
  { attempt, queue, log, labels }: RunFacts,
  { instruments, deadline }: MessageEnvironment,
): Promise<void> {
  const { task } = implementation;
  const payload = await validatePayload(task, message.payload);
  instruments.taskStarted.add(1, labels);
  log.info('task starting');
  const { id, enqueuedAt } = message;
  await runAttempt(
    implementation,
    payload,
    {
      id,
      attempt,
      maxAttempts: task.retry.maxAttempts,
      queue: queue.name,
      log,
      message,
      ...(enqueuedAt && { enqueuedAt }),
    },
    { deadline },
  );
}

interface Conclusion {
  span: Span;
  log: BindableLog;
  instruments: Instruments;
  labels: Attributes;
  attempt: number;
  durationMs: number;
  outcome: Outcome;
  failure: unknown;
}

/** Span, metrics and log line of what happened. */
function conclude(conclusion: Conclusion): void {
  const { span, log, instruments, labels, attempt, durationMs, outcome, failure } = conclusion;
  const error = outcome === 'completed' ? {} : { [ERROR_TYPE]: errorType(failure) };
  span.setAttribute(TASK_OUTCOME, outcome);
  instruments.taskDuration.record(durationMs, { ...labels, [TASK_OUTCOME]: outcome });
  instruments.processDuration.record(durationMs / 1000, {
    'messaging.system': 'aws_sqs',
    'messaging.operation.name': 'process',
    ...error,
  });
  if (outcome === 'completed') {
    instruments.taskCompleted.add(1, labels);
    log.info('task completed', { duration_ms: durationMs });
  } else {
    recordFailure(span, failure);
    instruments.taskFailed.add(1, { ...labels, ...error });
    instruments.taskRetries.add(1, { ...labels, ...error });
    const reason = { ...error, 'error.message': toError(failure).message };
    log.error('task failed', { ...reason, duration_ms: durationMs });
    log.warn('task retrying', { ...reason, attempt });
  }
  span.end();
}

function tryDecode(record: SQSRecord): { message: DecodedMessage } | { error: InvalidMessage } {
  try {
    return { message: decodeMessage(record.body, record.messageId) };
  } catch (error) {
    return { error: error as InvalidMessage };
  }
}

function findImplementation(
  registry: ImplementationRegistry,
  message: DecodedMessage,
): TaskImplementation | undefined {
  return message.v > MESSAGE_VERSION ? undefined : registry.get(message.task);
}

function unknownTask({ v, task }: DecodedMessage): UnknownTask {
  return new UnknownTask(
    v > MESSAGE_VERSION
      ? `The message has version ${v}, and this worker reads up to ${MESSAGE_VERSION}. Deploy the worker.`
      : `No task "${task}" is implemented in this worker. Deploy the worker, or remove the message.`,
  );
}

/** From when the message could have been taken to now; a deliberate delay is no waiting. */
function waitedMs(record: SQSRecord, message: DecodedMessage | undefined, now: number): number {
  const sent = Number(record.attributes.SentTimestamp);
  const notBefore = message?.notBefore?.getTime() ?? 0;
  const available = Math.max(Number.isFinite(sent) ? sent : now, notBefore);
  return Math.max(0, now - available);
}
