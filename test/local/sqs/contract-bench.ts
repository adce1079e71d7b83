import { randomUUID } from 'node:crypto';
import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SendMessageCommandOutput,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, it } from 'vitest';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';

export interface ContractQueue {
  url: string;
  send(input: Omit<SendMessageCommandInput, 'QueueUrl'>): Promise<SendMessageCommandOutput>;
  /** Receives with every attribute; waits 2 s at most. */
  receive(input?: Omit<ReceiveMessageCommandInput, 'QueueUrl'>): Promise<Message[]>;
  receiveOne(input?: Omit<ReceiveMessageCommandInput, 'QueueUrl'>): Promise<Message>;
  attribute(name: QueueAttributeName): Promise<string | undefined>;
}

export interface ContractBench {
  client: SQSClient;
  createQueue(attributes?: Record<string, string>): Promise<ContractQueue>;
  stop(): Promise<void>;
}

const remoteEndpoint = process.env['SQS_ENDPOINT'];

/** The local server, or the SQS at `SQS_ENDPOINT`; its queues are deleted at the end. */
export async function startContractBench(): Promise<ContractBench> {
  const server = remoteEndpoint === undefined ? await startSqsServer({ queues: [] }) : undefined;
  const client = new SQSClient({
    endpoint: server?.endpoint ?? (remoteEndpoint as string),
    region: process.env['AWS_REGION'] ?? 'us-east-1',
    ...(process.env['AWS_ACCESS_KEY_ID'] === undefined
      ? { credentials: { accessKeyId: 'local', secretAccessKey: 'local' } }
      : {}),
  });
  const urls: string[] = [];
  return {
    client,
    async createQueue(attributes = {}) {
      const suffix = attributes['FifoQueue'] === 'true' ? '.fifo' : '';
      const created = await client.send(
        new CreateQueueCommand({
          QueueName: `leadline-contract-${randomUUID()}${suffix}`,
          Attributes: attributes,
        }),
      );
      urls.push(created.QueueUrl as string);
      return contractQueue(client, created.QueueUrl as string);
    },
    async stop() {
      for (const url of urls) await client.send(new DeleteQueueCommand({ QueueUrl: url }));
      client.destroy();
      await server?.stop();
    },
  };
}

function contractQueue(client: SQSClient, url: string): ContractQueue {
  const queue: ContractQueue = {
    url,
    send: (input) => client.send(new SendMessageCommand({ QueueUrl: url, ...input })),
    async receive(input = {}) {
      const received = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          WaitTimeSeconds: 2,
          MessageSystemAttributeNames: ['All'],
          MessageAttributeNames: ['All'],
          ...input,
        }),
      );
      return received.Messages ?? [];
    },
    async receiveOne(input = {}) {
      const [message] = await queue.receive({ MaxNumberOfMessages: 1, ...input });
      if (message === undefined) throw new Error('No message was received.');
      return message;
    },
    async attribute(name) {
      const answer = await client.send(
        new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [name] }),
      );
      return answer.Attributes?.[name];
    },
  };
  return queue;
}

/** Expects a refusal by its code, in whatever of its forms the SDK hands it out. */
export async function expectRefusal(request: Promise<unknown>, code: string): Promise<void> {
  const outcome = await request.then(
    () => 'accepted',
    (error: { name: string; Code?: string }) => `${error.name} ${error.Code ?? ''}`,
  );
  expect(outcome).toContain(code);
}

/** A behaviour of SQS that the local server is known not to have. On another server it must hold. */
export function knownDifference(name: string, test: () => Promise<void>): void {
  if (remoteEndpoint === undefined) it.fails(`known difference: ${name}`, test);
  else it(name, test);
}
