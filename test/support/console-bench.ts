import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import type { ConsoleSource } from '../../cli/console/console-source.ts';
import { enqueueInTrace } from '../../cli/console/enqueue-in-trace.ts';
import { type ConsoleServer, startConsoleServer } from '../../cli/console/start-console-server.ts';
import { defineTask } from '../../lib/index.ts';
import { createAwsClients } from '../../lib/queues/aws-clients.ts';
import { type SqsServer, startSqsServer } from '../../local/sqs/sqs-server.ts';
import type { QueueDescription } from '../../local/stack-description.ts';
import { repository } from './repository.ts';

export interface ConsoleBench extends ConsoleServer {
  sqs: SqsServer;
  client: SQSClient;
  /** Of a path below `/console/api/`. */
  api(path: string): string;
}

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

const ship = defineTask({
  name: 'ship',
  payload: z.object({
    order_id: z.string().check(z.minLength(1)),
    lines: z.array(z.object({ sku: z.string() })),
  }),
});

const QUEUES: QueueDescription[] = [
  { queueName: 'dev-default-dlq' },
  {
    queueName: 'dev-default',
    redrive: { deadLetterQueueName: 'dev-default-dlq', maxReceiveCount: 2 },
  },
];

export interface ConsoleBenchOptions {
  queues?: readonly QueueDescription[];
  source?: Partial<ConsoleSource> | ((own: ConsoleSource) => Partial<ConsoleSource>);
  pageDirectory?: string;
}

/** A console on a port of its own, over an SQS server of the test's own, with queues `dev-…`. */
export async function startConsoleBench(options: ConsoleBenchOptions = {}): Promise<ConsoleBench> {
  const sqs = await startSqsServer({ queues: options.queues ?? QUEUES });
  const place = { endpoint: sqs.endpoint, region: 'us-east-1', credentials: LOCAL };
  const client = new SQSClient(place);
  const own: ConsoleSource = {
    kind: 'aws',
    title: 'dev in us-east-1',
    clients: createAwsClients(place),
    sqs: client,
    queues: { prefix: 'dev-' },
    isFifo: () => false,
    pace: {
      activeMs: 100,
      figuresMs: 60_000,
      workersMs: 60_000,
      cloudWatch: { periodMs: 60_000, lagMs: 0 },
    },
    tasks: async () => [ship],
    projectDirectory: repository,
    enqueue: (task, payload, groupId) => {
      const queues = { default: { url: sqs.queueUrl('dev-default') } };
      return enqueueInTrace(task, payload, { queues, client, groupId });
    },
  };
  const changes = typeof options.source === 'function' ? options.source(own) : options.source;
  const source = { ...own, ...changes };
  const { pageDirectory = `${repository}/nowhere` } = options;
  const server = await startConsoleServer(0, { source, pageDirectory });
  onTestFinished(async () => {
    await server.stop();
    client.destroy();
    await sqs.stop();
  });
  return { ...server, sqs, client, api: (path) => `${server.url}/console/api/${path}` };
}
