import { GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach } from 'vitest';
import {
  type EventSourceMapping,
  type EventSourceMappingOptions,
  startEventSourceMapping,
} from '../../../local/event-source-mapping/event-source-mapping.ts';
import type { SqsRecord } from '../../../local/event-source-mapping/sqs-record.ts';
import { type SqsServer, startSqsServer } from '../../../local/sqs/sqs-server.ts';
import type {
  EventSourceMappingDescription,
  QueueDescription,
} from '../../../local/stack-description.ts';

/** One call of the function: the test decides when and how it ends. */
export interface Invocation {
  records: SqsRecord[];
  bodies: string[];
  eventJson: string;
  answer(payload: unknown): void;
  functionError(): void;
  reject(error: Error): void;
  ended: boolean;
}

export interface MappingBench {
  server: SqsServer;
  client: SQSClient;
  invocations: Invocation[];
  warnings: string[];
  running(): Invocation[];
  send(body: string, input?: object): Promise<string>;
  /** Visible, in flight, delayed. */
  counters(queueName?: string): Promise<number[]>;
  map(
    mapping?: Partial<EventSourceMappingDescription>,
    options?: Partial<EventSourceMappingOptions>,
  ): EventSourceMapping;
}

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

/** A local SQS with one queue, and a function that answers with `answer` or as the test says. */
export async function startMappingBench(
  queue: Partial<QueueDescription> & { others?: QueueDescription[] } = {},
  answer?: (invocation: Invocation) => void,
): Promise<MappingBench> {
  const { others = [], ...description } = queue;
  const queueName = description.queueName ?? 'default';
  const server = await startSqsServer({ queues: [{ queueName, ...description }, ...others] });
  const client = new SQSClient({
    endpoint: server.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  cleanUps.push(() => server.stop());
  cleanUps.push(() => client.destroy());
  const invocations: Invocation[] = [];
  const warnings: string[] = [];
  const QueueUrl = server.queueUrl(queueName);
  return {
    server,
    client,
    invocations,
    warnings,
    running: () => invocations.filter((invocation) => !invocation.ended),
    async send(body, input = {}) {
      const sent = await client.send(
        new SendMessageCommand({ QueueUrl, MessageBody: body, ...input }),
      );
      return sent.MessageId as string;
    },
    async counters(name = queueName) {
      const names = ['', 'NotVisible', 'Delayed'].map(
        (suffix) => `ApproximateNumberOfMessages${suffix}` as 'ApproximateNumberOfMessages',
      );
      const { Attributes } = await client.send(
        new GetQueueAttributesCommand({
          QueueUrl: server.queueUrl(name),
          AttributeNames: names,
        }),
      );
      return names.map((attribute) => Number(Attributes?.[attribute]));
    },
    map(mapping = {}, options = {}) {
      const started = startEventSourceMapping({
        mapping: { uuid: 'mapping-1', queueName, functionName: 'worker', ...mapping },
        queueUrl: QueueUrl,
        queueArn: server.queueArn(queueName),
        region: 'eu-central-1',
        client,
        invoke: (_, eventJson) =>
          new Promise((resolve, reject) => {
            const { Records } = JSON.parse(eventJson) as { Records: SqsRecord[] };
            const end = (settle: () => void): void => {
              invocation.ended = true;
              settle();
            };
            const invocation: Invocation = {
              records: Records,
              bodies: Records.map((record) => record.body),
              eventJson,
              answer: (payload) => end(() => resolve({ payload: JSON.stringify(payload) })),
              functionError: () =>
                end(() => resolve({ payload: '{}', functionError: 'Unhandled' })),
              reject: (error) => end(() => reject(error)),
              ended: false,
            };
            invocations.push(invocation);
            answer?.(invocation);
          }),
        drainMilliseconds: 50,
        onWarning: (message) => warnings.push(message),
        ...options,
      });
      cleanUps.push(() => started.stop());
      return started;
    },
  };
}

export function namedError(name: string): Error {
  return Object.assign(new Error(name), { name });
}
