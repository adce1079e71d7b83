import type { SQSEvent, SQSRecord } from 'aws-lambda';
import type { Task, TaskInput } from './task/define-task.ts';
import type { TaskImplementation } from './task/implement-task.ts';
import { encodeMessage } from './task/task-message.ts';
import { type Recorder, type Recording, startRecording } from './telemetry/start-recording.ts';
import { createWorker } from './worker/create-worker.ts';
import type { MessageResult, Outcome } from './worker/process-message.ts';
import { createRecordingClient, type DeadLetter } from './worker/recording-client.ts';

export type { Recording } from './telemetry/start-recording.ts';
export type { Outcome } from './worker/process-message.ts';
export type { DeadLetter } from './worker/recording-client.ts';

export interface RecordOptions {
  /** ApproximateReceiveCount. @default 1 */
  attempt?: number;
  /** The task id. @default `test-` and a number */
  id?: string;
  /** Logical name of the queue; one that ends with `.fifo` is FIFO. @default the task's own */
  queue?: string;
  groupId?: string;
  /** Message attributes, as String: `traceparent`, for instance. @default none */
  attributes?: Readonly<Record<string, string>>;
}

export interface RunOptions {
  /** Milliseconds until the invocation's timeout. @default 60_000 */
  remainingMs?: number;
  /** Records that run at a time. @default the number of records, at most 10 */
  concurrency?: number;
}

/** What became of one record. */
export interface RecordOutcome {
  outcome: Outcome;
  /** Of a retry: seconds until it is delivered again. */
  delaySeconds?: number;
  /** What failed the attempt. */
  error?: unknown;
}

export interface BatchRun extends Recording {
  /** One a record, in their order. */
  outcomes: RecordOutcome[];
  /** The copies for the dead-letter queue. */
  deadLetters: DeadLetter[];
}

export interface TaskRun extends RecordOutcome, Recording {
  deadLetters: DeadLetter[];
}

/**
 * Runs a task once, as the worker does and without SQS. It needs OpenTelemetry's globals for
 * itself, and throws where `startTelemetry` or another set-up has them:
 *
 * ```ts
 * const { outcome, spans } = await runTask(runProcessOrder, { order_id: 'o-1' });
 * expect(outcome).toBe('completed');
 * ```
 */
export async function runTask<T extends Task>(
  implementation: TaskImplementation<T>,
  payload: TaskInput<T>,
  options: RecordOptions & RunOptions = {},
): Promise<TaskRun> {
  const record = createRecord(implementation.task, payload, options);
  const { outcomes, ...run } = await runBatch([implementation], [record], options);
  const [outcome = { outcome: 'unfinished' as const }] = outcomes;
  return { ...outcome, ...run };
}

/**
 * Runs records as one batch of the worker, without SQS. Runs of one process take turns, so that
 * each has its own spans, metrics and logs.
 */
export function runBatch(
  implementations: readonly TaskImplementation[],
  records: readonly SQSRecord[],
  options: RunOptions = {},
): Promise<BatchRun> {
  const run = turn.then(() => runBatchNow(implementations, records, options));
  turn = run.catch(() => {});
  return run;
}

let turn: Promise<unknown> = Promise.resolve();
let recorder: Promise<Recorder> | undefined;

async function runBatchNow(
  implementations: readonly TaskImplementation[],
  records: readonly SQSRecord[],
  { remainingMs = 60_000, concurrency }: RunOptions,
): Promise<BatchRun> {
  recorder ??= startRecording();
  const { take } = await recorder;
  await take();
  const { client, deadLetters } = createRecordingClient();
  let results: readonly MessageResult[] = [];
  const worker = createWorker(implementations, {
    queues: queuesOf(records),
    client,
    state: 'not-needed',
    telemetry: {
      serviceName: 'test',
      logLevel: 'debug',
      traceMode: 'parent',
      flushBeforeResponseMs: 0,
      onShutdown: () => {},
      writeLog: () => {},
      flush: async () => {},
    },
    onResults: (all) => {
      results = all;
    },
    ...(concurrency !== undefined && { concurrency }),
  });
  const start = Date.now();
  await worker({ Records: [...records] } satisfies SQSEvent, {
    functionName: 'test-worker',
    functionVersion: '$LATEST',
    invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:test-worker',
    memoryLimitInMB: '512',
    awsRequestId: `test-request-${start}`,
    logGroupName: '/aws/lambda/test-worker',
    logStreamName: 'test',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => remainingMs - (Date.now() - start),
    done: () => {},
    fail: () => {},
    succeed: () => {},
  });
  const recording = await take();
  return { outcomes: results.map(toOutcome), deadLetters, ...recording };
}

let nextId = 1;

/** An SQS record of a task's message, as Lambda hands it to a worker. */
export function createRecord<T extends Task>(
  task: T,
  payload: TaskInput<T>,
  options: RecordOptions = {},
): SQSRecord {
  const { attempt = 1, id = `test-${nextId++}`, queue = task.queue, groupId, attributes } = options;
  const now = String(Date.now());
  return {
    messageId: `message-${id}`,
    receiptHandle: `receipt-${id}-${attempt}`,
    body: encodeMessage({ id, task: task.name, payload, enqueuedAt: new Date() }),
    attributes: {
      ApproximateReceiveCount: String(attempt),
      SentTimestamp: now,
      SenderId: 'test',
      ApproximateFirstReceiveTimestamp: now,
      ...(groupId !== undefined && { MessageGroupId: groupId }),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(attributes ?? {}).map(([name, stringValue]) => [
        name,
        { stringValue, stringListValues: [], binaryListValues: [], dataType: 'String' },
      ]),
    ),
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: 'us-east-1',
  };
}

function queuesOf(records: readonly SQSRecord[]): Record<string, { url: string; dlqUrl: string }> {
  const names = records.map(({ eventSourceARN }) => eventSourceARN.split(':').at(-1) ?? '');
  const url = (name: string) => `http://localhost/000000000000/${name}`;
  return Object.fromEntries(
    ['default', ...names].map((name) => [
      name,
      { url: url(name), dlqUrl: url(name.replace(/(\.fifo)?$/, '-dlq$1')) },
    ]),
  );
}

function toOutcome({ outcome, visibilitySeconds, error }: MessageResult): RecordOutcome {
  return {
    outcome,
    ...(visibilitySeconds !== undefined && { delaySeconds: visibilitySeconds }),
    ...(error !== undefined && { error }),
  };
}
