import { SQSClient } from '@aws-sdk/client-sqs';
import type { MetricStore } from '../cloudwatch/metric-store.ts';
import type { RequestListener } from '../front-server.ts';
import type { QueueDescription } from '../stack-description.ts';
import { createQueues } from './create-queues.ts';
import { startFauxqsEngine } from './fauxqs-engine.ts';
import { createMessageMoveTasks } from './parity/message-move-tasks.ts';
import { createQueueArrivals } from './parity/queue-arrivals.ts';
import { startQueueMetrics } from './queue-metrics.ts';
import { measureTraffic } from './queue-traffic.ts';
import { createSqsActions } from './sqs-actions.ts';
import { startSqsListener } from './sqs-listener.ts';

export interface SqsServerOptions {
  queues: readonly QueueDescription[];
  /** Keeps queues and messages across restarts. @default in memory only */
  dataDirectory?: string;
  /** @default a free one */
  port?: number;
  /** Of the queues' ARNs. @default 'us-east-1' */
  region?: string;
  /** Gets AWS/SQS's metrics. @default none are made */
  metrics?: MetricStore;
  /** Answers what is not for SQS, so that one AWS_ENDPOINT_URL serves all. @default refused */
  otherServices?: RequestListener;
}

export interface SqsServer {
  /** `http://127.0.0.1:PORT` */
  endpoint: string;
  queueUrl(queueName: string): string;
  queueArn(queueName: string): string;
  stop(): Promise<void>;
}

/**
 * SQS on 127.0.0.1, in this process. fauxqs holds the messages; `parity/` answers for it where it
 * differs from SQS in something that Leadline relies on. What still differs is named in
 * `test/local/sqs` (`it.fails`); message retention is not enforced at all.
 */
export async function startSqsServer(options: SqsServerOptions): Promise<SqsServer> {
  const region = options.region ?? 'us-east-1';
  const engine = await startFauxqsEngine({ region, dataDirectory: options.dataDirectory });
  const arrivals = createQueueArrivals();
  const { metrics: store, otherServices } = options;
  const metrics = store && startQueueMetrics({ store, inspectQueue: engine.inspectQueue });
  const moveTasks = createMessageMoveTasks(engine, arrivals, metrics?.count);
  const run = createSqsActions(moveTasks);
  let endpoint = '';
  const listener = await startSqsListener(options.port ?? 0, {
    otherServices,
    async run(action, request, signal) {
      const answer = await run(action, request, { engine, arrivals, endpoint, signal });
      const traffic = metrics && measureTraffic(action, request, answer);
      if (traffic !== undefined) metrics?.count(traffic);
      return answer;
    },
  }).catch(async (error: unknown) => {
    metrics?.stop();
    await engine.stop();
    throw error;
  });
  endpoint = `http://127.0.0.1:${listener.port}`;
  const server: SqsServer = {
    endpoint,
    queueUrl: (queueName) => `${endpoint}/000000000000/${queueName}`,
    // A kept queue keeps the region that it was created in.
    queueArn: (queueName) =>
      engine.inspectQueue(queueName)?.arn ?? `arn:aws:sqs:${region}:000000000000:${queueName}`,
    async stop() {
      metrics?.stop();
      await listener.stop();
      await moveTasks.stop();
      await engine.stop();
    },
  };
  const client = new SQSClient({
    endpoint,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    await createQueues(client, options.queues, server.queueArn);
  } catch (error) {
    await server.stop();
    throw error;
  } finally {
    client.destroy();
  }
  return server;
}
