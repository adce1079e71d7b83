import {
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  ListMessageMoveTasksCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMetricStore, type MetricStore } from '../../../local/cloudwatch/metric-store.ts';
import type { EngineMessage, EngineQueue } from '../../../local/sqs/fauxqs-engine.ts';
import { startQueueMetrics } from '../../../local/sqs/queue-metrics.ts';
import { type SqsServer, startSqsServer } from '../../../local/sqs/sqs-server.ts';

const COUNTS = ['NumberOfMessagesSent', 'NumberOfMessagesReceived', 'NumberOfMessagesDeleted'];

function metric(metricName: string, QueueName = 'default') {
  return { namespace: 'AWS/SQS', metricName, dimensions: { QueueName } };
}

/** The sum and the maximum of everything so far; undefined without a datapoint. */
function totals(store: MetricStore, metricName: string, queueName = 'default') {
  const range = { start: Date.now() - 7_200_000, end: Date.now() + 3_600_000, periodSeconds: 1 };
  const points = store.read(metric(metricName, queueName), range);
  if (points.length === 0) return undefined;
  return {
    sum: points.reduce((sum, point) => sum + point.sum, 0),
    maximum: Math.max(...points.map((point) => point.maximum)),
  };
}

async function startMeasuredQueue(): Promise<{
  store: MetricStore;
  server: SqsServer;
  client: SQSClient;
  QueueUrl: string;
  sums(queueName?: string): (number | undefined)[];
}> {
  const store = createMetricStore();
  const redrive = { deadLetterQueueName: 'default-dlq', maxReceiveCount: 2 };
  const server = await startSqsServer({
    queues: [{ queueName: 'default', redrive }, { queueName: 'default-dlq' }],
    metrics: store,
  });
  const client = new SQSClient({
    endpoint: server.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  return {
    store,
    server,
    client,
    QueueUrl: server.queueUrl('default'),
    sums: (queueName) => COUNTS.map((name) => totals(store, name, queueName)?.sum),
  };
}

describe('AWS/SQS', () => {
  it('counts what was sent, received and deleted, alone and in batches', async () => {
    const { client, QueueUrl, sums } = await startMeasuredQueue();
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    const Entries = ['b', 'c', 'd'].map((MessageBody, Id) => ({ Id: String(Id), MessageBody }));
    await client.send(
      new SendMessageBatchCommand({
        QueueUrl,
        // SQS takes three of the four.
        Entries: [...Entries, { Id: '9', MessageBody: 'e', DelaySeconds: 901 }],
      }),
    );
    const { Messages = [] } = await client.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 1 }),
    );
    const handles = Messages.map(({ ReceiptHandle }) => ReceiptHandle);
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handles[0] }));
    await client.send(
      new DeleteMessageBatchCommand({
        QueueUrl,
        Entries: [
          ...handles.slice(1, 3).map((ReceiptHandle, Id) => ({ Id: String(Id), ReceiptHandle })),
          { Id: 'bad', ReceiptHandle: 'none' },
        ],
      }),
    );
    expect(sums()).toEqual([4, 4, 3]);
  });

  it('has a 0 for a queue that nothing happens to, and its depth', async () => {
    const { store, client, QueueUrl, sums } = await startMeasuredQueue();
    await expect.poll(() => sums('default-dlq'), { timeout: 5_000 }).toEqual([0, 0, 0]);
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'a' }));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'b', DelaySeconds: 60 }));
    const depth = () =>
      ['Visible', 'NotVisible', 'Delayed'].map(
        (suffix) => totals(store, `ApproximateNumberOfMessages${suffix}`)?.maximum,
      );
    await expect.poll(depth, { timeout: 5_000 }).toEqual([1, 0, 1]);
    await client.send(new ReceiveMessageCommand({ QueueUrl }));
    await expect.poll(depth, { timeout: 5_000 }).toEqual([1, 1, 1]);
  });

  it('counts a redrive out of the dead-letter queue on both sides', async () => {
    const { server, client, sums } = await startMeasuredQueue();
    await client.send(
      new SendMessageCommand({ QueueUrl: server.queueUrl('default-dlq'), MessageBody: 'dead' }),
    );
    const SourceArn = server.queueArn('default-dlq');
    const DestinationArn = server.queueArn('default');
    await client.send(new StartMessageMoveTaskCommand({ SourceArn, DestinationArn }));
    const status = async () =>
      (await client.send(new ListMessageMoveTasksCommand({ SourceArn }))).Results?.[0]?.Status;
    await expect.poll(status, { timeout: 5_000 }).toBe('COMPLETED');
    expect(sums('default-dlq')).toEqual([1, 1, 1]);
    expect(sums('default')[0]).toBe(1);
  });
});

const NOW = Date.UTC(2026, 0, 15, 12, 0, 0);
const HOUR = 3_600_000;

/** One queue whose content and clock the test holds. */
function startClockedMetrics() {
  const clock = { now: NOW };
  const store = createMetricStore({ now: () => clock.now });
  const queue: EngineQueue = {
    name: 'default',
    arn: '',
    attributes: {},
    messages: { ready: [], delayed: [], inflight: [] },
  };
  const queues = new Map([['default', queue]]);
  const metrics = startQueueMetrics({
    store,
    inspectQueue: (name) => queues.get(name),
    now: () => clock.now,
  });
  onTestFinished(() => metrics.stop());
  metrics.count({ queueName: 'default', sent: 0, received: 0, deleted: 0 });
  const sampled = (metricName: string, seconds = 1) => {
    metrics.sample();
    const start = clock.now - (seconds - 1) * 1000;
    return store
      .read(metric(metricName), { start, end: clock.now + 1, periodSeconds: 1 })
      .map(({ maximum }) => maximum);
  };
  return { clock, store, queue, queues, metrics, sampled };
}

function message(ageSeconds: number, approximateReceiveCount = 0): EngineMessage {
  return { messageId: 'm', sentTimestamp: NOW - ageSeconds * 1000, approximateReceiveCount };
}

describe('AWS/SQS over time', () => {
  it('gives the age of the oldest message, whatever its state', () => {
    const { queue, sampled } = startClockedMetrics();
    expect(sampled('ApproximateAgeOfOldestMessage')).toEqual([0]);
    queue.messages.ready.push(message(10));
    expect(sampled('ApproximateAgeOfOldestMessage')).toEqual([10]);
    const inFlight = { message: message(90, 1), receiptHandle: 'r', visibilityDeadline: NOW + 1 };
    queue.messages.inflight.push(inFlight);
    expect(sampled('ApproximateAgeOfOldestMessage')).toEqual([90]);
  });

  it('leaves a message that was received three times out of the age', () => {
    const { queue, sampled } = startClockedMetrics();
    queue.messages.ready.push(message(500, 3), message(40, 2));
    expect(sampled('ApproximateAgeOfOldestMessage')).toEqual([40]);
  });

  it('has a value for every second, also when a sample comes late', () => {
    const { clock, queue, sampled } = startClockedMetrics();
    queue.messages.ready.push(message(0));
    sampled('ApproximateNumberOfMessagesVisible');
    clock.now += 5_000;
    expect(sampled('ApproximateNumberOfMessagesVisible', 6)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(sampled('NumberOfMessagesSent', 6)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  it('publishes nothing more for a queue that was empty and left alone for six hours', () => {
    const { clock, queue, metrics, sampled } = startClockedMetrics();
    clock.now += 6 * HOUR;
    expect(sampled('NumberOfMessagesSent')).toEqual([0]);
    clock.now += 1_000;
    expect(sampled('NumberOfMessagesSent')).toEqual([]);
    expect(sampled('ApproximateNumberOfMessagesVisible')).toEqual([]);
    metrics.count({ queueName: 'default', sent: 0, received: 0, deleted: 0 });
    expect(sampled('NumberOfMessagesSent')).toEqual([0]);
    queue.messages.ready.push(message(0));
    clock.now += 7 * HOUR;
    expect(sampled('NumberOfMessagesSent')).toEqual([0]);
  });

  it('publishes nothing for a queue that is gone', () => {
    const { clock, queues, sampled } = startClockedMetrics();
    queues.clear();
    clock.now += 1_000;
    expect(sampled('NumberOfMessagesSent')).toEqual([]);
  });
});
