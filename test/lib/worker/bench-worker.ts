import type { SQSClient } from '@aws-sdk/client-sqs';
import type { SQSBatchResponse, SQSRecord } from 'aws-lambda';
import type { TaskImplementation } from '../../../lib/index.ts';
import type { Recorder } from '../../../lib/telemetry/start-recording.ts';
import {
  createWorker,
  type MessageResult,
  type WorkerOptions,
  type WorkerQueues,
} from '../../../lib/worker.ts';
import { lambdaContext } from './lambda-context.ts';
import { type ReadRecording, readRecording } from './read-recording.ts';

/** A call of SQS that the worker made. */
export interface SqsCall {
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: each command has an input of its own.
  input: any;
}

export interface Delivery extends ReadRecording {
  records: SQSRecord[];
  response: SQSBatchResponse;
  results: readonly MessageResult[];
  calls: SqsCall[];
  /** What stdout would have. */
  lines: Record<string, unknown>[];
  elapsedMs: number;
}

export interface DeliverOptions {
  /** Messages to receive before the worker is invoked. */
  count?: number;
  remainingMs?: number;
  /** What Lambda would have delivered instead. */
  change?: (record: SQSRecord, index: number) => SQSRecord;
}

export interface BenchWorker {
  /** Receives, invokes the worker and deletes what it did not report, as Lambda does. */
  deliver(options?: DeliverOptions): Promise<Delivery>;
  /** What Lambda sends at shutdown. */
  shutDown(): Promise<void>;
}

export type BenchWorkerOptions = Partial<WorkerOptions> & { traceMode?: 'parent' | 'link' };

interface BenchWorkerParts {
  queues: WorkerQueues;
  client: SQSClient;
  recorder: Recorder;
  receive(count: number): Promise<SQSRecord[]>;
  deleteDone(records: readonly SQSRecord[]): Promise<void>;
}

/** A worker whose calls, lines and telemetry are kept. Its deliveries are one instance's. */
export function createBenchWorker(
  implementations: readonly TaskImplementation[],
  { traceMode = 'parent', ...options }: BenchWorkerOptions,
  { queues, client, recorder, receive, deleteDone }: BenchWorkerParts,
): BenchWorker {
  const { client: sender = client } = options;
  const shutdowns: (() => void | Promise<void>)[] = [];
  let calls: SqsCall[] = [];
  let lines: Record<string, unknown>[] = [];
  let results: readonly MessageResult[] = [];
  const send = (command: { input: unknown }, sendOptions: never) => {
    calls.push({ name: command.constructor.name, input: command.input });
    return sender.send(command as never, sendOptions);
  };
  const worker = createWorker(implementations, {
    queues,
    telemetry: {
      serviceName: 'shop',
      logLevel: 'debug',
      traceMode,
      flushBeforeResponseMs: 0,
      writeLog: (line) => void lines.push(JSON.parse(line)),
      onShutdown: (callback) => void shutdowns.push(callback),
      flush: async () => {},
    },
    onResults: (all) => {
      results = all;
    },
    ...options,
    client: { send: send as unknown as SQSClient['send'] },
  });
  return {
    async deliver({
      count = 1,
      remainingMs = 60_000,
      change = (record: SQSRecord) => record,
    } = {}) {
      const records = (await receive(count)).map(change);
      await recorder.take();
      calls = [];
      lines = [];
      const start = performance.now();
      const response = await worker({ Records: records }, lambdaContext(remainingMs));
      const elapsedMs = performance.now() - start;
      const failed = new Set(response.batchItemFailures.map((each) => each.itemIdentifier));
      await deleteDone(records.filter(({ messageId }) => !failed.has(messageId)));
      const recording = readRecording(await recorder.take());
      return { ...recording, records, response, results, calls, lines, elapsedMs };
    },
    async shutDown() {
      for (const callback of shutdowns) await callback();
    },
  };
}
