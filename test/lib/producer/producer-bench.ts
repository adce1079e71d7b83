import { randomUUID } from 'node:crypto';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  CreateQueueCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';

export interface ProducerBench {
  client: SQSClient;
  endpoint: string;
  /** A queue of its own for a test. */
  createQueue(kind?: 'standard' | 'fifo'): Promise<string>;
  /** What is on the queue now, with every attribute; they are left there, in flight. */
  receive(url: string): Promise<Message[]>;
  stop(): Promise<void>;
}

/** The local SQS server and the real SDK. */
export async function startProducerBench(): Promise<ProducerBench> {
  const server = await startSqsServer({ queues: [] });
  const client = createClient(server.endpoint);
  return {
    client,
    endpoint: server.endpoint,
    async createQueue(kind = 'standard') {
      const created = await client.send(
        new CreateQueueCommand(
          kind === 'fifo'
            ? { QueueName: `q-${randomUUID()}.fifo`, Attributes: { FifoQueue: 'true' } }
            : { QueueName: `q-${randomUUID()}` },
        ),
      );
      return created.QueueUrl as string;
    },
    async receive(url) {
      const { Messages = [] } = await client.send(
        new ReceiveMessageCommand({
          QueueUrl: url,
          MaxNumberOfMessages: 10,
          MessageAttributeNames: ['All'],
          MessageSystemAttributeNames: ['All'],
        }),
      );
      return Messages;
    },
    async stop() {
      client.destroy();
      await server.stop();
    },
  };
}

export function createClient(endpoint: string): SQSClient {
  return new SQSClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}

/** A service that answers as SQS does when it refuses, for refusals that the local one never makes. */
export async function serveRefusal(statusCode: number, type: string): Promise<string> {
  const listener: RequestListener = (request, response) => {
    request.resume();
    request.on('end', () => {
      response.writeHead(statusCode, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(JSON.stringify({ __type: `com.amazonaws.sqs#${type}`, message: 'refused' }));
    });
  };
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
