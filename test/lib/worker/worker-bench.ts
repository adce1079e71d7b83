import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SendMessageCommandInput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import type { TaskImplementation } from '../../../lib/index.ts';
import { type Recorder, startRecording } from '../../../lib/telemetry/start-recording.ts';
import { sqsRecord } from '../../../local/event-source-mapping/sqs-record.ts';
import { type SqsServer, startSqsServer } from '../../../local/sqs/sqs-server.ts';
import { type BenchWorker, type BenchWorkerOptions, createBenchWorker } from './bench-worker.ts';
import { type ReadRecording, readRecording } from './read-recording.ts';

export interface BenchQueueOptions {
  fifo?: boolean;
  visibilityTimeout?: number;
  /** As QUEUES has it. */
  batchSize?: number;
  deadLetterQueue?: boolean;
}

export interface BenchQueue {
  url: string;
  dlqUrl: string;
  sqsName: string;
  send(body: unknown, input?: Partial<SendMessageCommandInput>): Promise<string>;
  /** Messages that can be received now, or within so many seconds. */
  receive(waitSeconds?: number): Promise<Message[]>;
  receiveDead(): Promise<Message[]>;
  /** Messages that the queue still has, in flight or not. */
  left(): Promise<number>;
  worker(implementations: readonly TaskImplementation[], options?: BenchWorkerOptions): BenchWorker;
}

export interface WorkerBench {
  readonly client: SQSClient;
  /** A queue of its own, `default` in QUEUES, with its dead-letter queue. */
  createQueue(options?: BenchQueueOptions): Promise<BenchQueue>;
  /** What was recorded since the last delivery. */
  take(): Promise<ReadRecording>;
  stop(): Promise<void>;
}

/** The worker on the real local SQS, without Lambda, its telemetry in memory. */
export async function startWorkerBench(): Promise<WorkerBench> {
  const server = await startSqsServer({ queues: [] });
  const recorder = await startRecording();
  const client = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  return {
    client,
    createQueue: (options = {}) => createQueue({ server, recorder, client }, options),
    take: async () => readRecording(await recorder.take()),
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}

interface BenchParts {
  server: SqsServer;
  recorder: Recorder;
  client: SQSClient;
}

async function createQueue(
  { server, recorder, client }: BenchParts,
  options: BenchQueueOptions,
): Promise<BenchQueue> {
  const { fifo = false, visibilityTimeout = 30, batchSize, deadLetterQueue = true } = options;
  const suffix = fifo ? '.fifo' : '';
  const sqsName = `shop-${randomUUID()}${suffix}`;
  const create = async (QueueName: string, attributes: Record<string, string> = {}) => {
    const Attributes = { ...attributes, ...(fifo && { FifoQueue: 'true' }) };
    const created = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
    return created.QueueUrl as string;
  };
  const dlqUrl = await create(`shop-${randomUUID()}-dlq${suffix}`);
  const url = await create(sqsName, { VisibilityTimeout: String(visibilityTimeout) });
  const queues = {
    default: {
      url,
      ...(deadLetterQueue && { dlqUrl }),
      ...(batchSize !== undefined && { batchSize }),
    },
  };
  const receive = (waitSeconds: number, max = 10) => receiveFrom(client, url, waitSeconds, max);
  const receiveRecords = async (count: number) => {
    const messages: Message[] = [];
    while (messages.length < count) {
      const more = await receive(5, Math.min(10, count - messages.length));
      if (more.length === 0) throw new Error(`${messages.length} of ${count} messages came.`);
      messages.push(...more);
    }
    const source = { queueArn: server.queueArn(sqsName), region: 'us-east-1' };
    return messages.map((message) => sqsRecord(message, source) as unknown as SQSRecord);
  };
  const deleteDone = async (records: readonly SQSRecord[]) => {
    const entries = records.map(({ receiptHandle }, index) => ({
      Id: String(index),
      ReceiptHandle: receiptHandle,
    }));
    for (let start = 0; start < entries.length; start += 10) {
      const Entries = entries.slice(start, start + 10);
      await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
    }
  };
  return {
    url,
    dlqUrl,
    sqsName,
    async send(body, input = {}) {
      const MessageBody = typeof body === 'string' ? body : JSON.stringify(body);
      const command = new SendMessageCommand({ QueueUrl: url, MessageBody, ...input });
      return (await client.send(command)).MessageId as string;
    },
    receive: (waitSeconds = 0) => receive(waitSeconds),
    receiveDead: () => receiveFrom(client, dlqUrl, 0),
    left: () => countMessages(client, url),
    worker: (implementations, workerOptions = {}) =>
      createBenchWorker(implementations, workerOptions, {
        queues,
        client,
        recorder,
        receive: receiveRecords,
        deleteDone,
      }),
  };
}

async function receiveFrom(
  client: SQSClient,
  url: string,
  waitSeconds: number,
  max = 10,
): Promise<Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      WaitTimeSeconds: waitSeconds,
      MaxNumberOfMessages: max,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  );
  return Messages;
}

async function countMessages(client: SQSClient, url: string): Promise<number> {
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] });
  const { Attributes = {} } = await client.send(command);
  return (
    Number(Attributes['ApproximateNumberOfMessages']) +
    Number(Attributes['ApproximateNumberOfMessagesNotVisible']) +
    Number(Attributes['ApproximateNumberOfMessagesDelayed'])
  );
}
