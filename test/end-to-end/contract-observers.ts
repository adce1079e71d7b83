import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createAwsServices } from '../../local/aws-services.ts';
import { createCloudWatchApi } from '../../local/cloudwatch/cloudwatch-api.ts';
import { createMetricStore, type MetricStore } from '../../local/cloudwatch/metric-store.ts';
import { startDynamoDb } from '../../local/dynamodb/start-dynamodb.ts';
import { createLambdaService, type LambdaService } from '../../local/lambda/lambda-service.ts';
import { createLambdaApi } from '../../local/lambda-api/lambda-api.ts';
import { type SqsServer, startSqsServer } from '../../local/sqs/sqs-server.ts';
import type { FunctionDescription } from '../../local/stack-description.ts';
import { httpEvent } from '../lib/producer/http-event.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';

/** Where nobody answers: port 9 is discard, and no process without root's rights listens there. */
const NOWHERE = 'http://127.0.0.1:9';
/** More than get a warning each. */
const MISSING = Array.from({ length: 25 }, (_, index) => `missing${index}`);
/** Of the local CloudWatch in this test: its newest second is complete after one more. */
const CLOUDWATCH = {
  CLOUDWATCH_PERIOD_SECONDS: '1',
  CLOUDWATCH_LAG_SECONDS: '1',
  CLOUDWATCH_INTERVAL_SECONDS: '5',
};

export const DEPTH_FUNCTIONS = ['depth', 'depth-late', 'depth-blind', 'depth-deaf'];

const TASK_TABLE = 'see-task-state';
/** Those that find their queues by prefix, and their account nowhere: no URL in QUEUES, no extension. */
export const WITHOUT_ACCOUNT = ['depth-blind', 'depth-deaf'];

/** Makes everything happen that the depth and the health function have a name for. */
export async function observe(
  bundleDirectory: string,
  environment: Record<string, string>,
  onOutput: (line: string) => void,
): Promise<void> {
  const store = createMetricStore();
  const dynamoDb = await startDynamoDb([{ tableName: TASK_TABLE, partitionKey: 'pk' }]);
  const sqs = await startSqsServer({
    queues: [
      { queueName: 'see-main-dlq' },
      {
        queueName: 'see-main',
        redrive: { deadLetterQueueName: 'see-main-dlq', maxReceiveCount: 5 },
      },
    ],
    otherServices: createAwsServices({
      cloudWatch: createCloudWatchApi(store),
      dynamoDb,
      lambda: createLambdaApi({
        functions: [],
        mappings: [],
        account: { region: 'us-east-1', accountId: '000000000000' },
      }),
    }),
  });
  // SQS, but neither Lambda nor CloudWatch.
  const sqsAlone = await startSqsServer({ queues: [{ queueName: 'see-main' }] });
  await Promise.all([sendMessage(sqs), sendMessage(sqsAlone)]);
  const start = (endpoint: string, functions: FunctionDescription[]) =>
    createLambdaService({
      functions,
      bundleDirectory,
      environment: { ...environment, AWS_ENDPOINT_URL: endpoint },
      onOutput,
    });
  const all = start(sqs.endpoint, [
    describe('depth', 'sample-queue-depth', {
      QUEUES: queues(sqs),
      HEARTBEAT_URL: NOWHERE,
      TASK_TABLE,
    }),
    describe('depth-late', 'sample-queue-depth', { QUEUES: queues(sqs) }),
    describe('health', 'health', { QUEUES: queues(sqs), HEALTH_TOKEN: 'none' }),
  ]);
  const alone = start(sqsAlone.endpoint, [
    describe('depth-blind', 'sample-queue-depth', { QUEUE_NAME_PREFIX: 'see-', TASK_TABLE }),
  ]);
  const none = start(NOWHERE, [
    describe('depth-deaf', 'sample-queue-depth', { QUEUE_NAME_PREFIX: 'see-' }),
    describe('health', 'health', { QUEUE_NAME_PREFIX: 'see-', HEALTH_TOKEN: 'none' }),
    describe('health-locked', 'health', { QUEUES: queues(sqs), HEALTH_TOKEN_PARAMETER: '/t' }),
  ]);
  try {
    const dueAt = (agoMs: number) => {
      const due = new Date(Math.floor((Date.now() - agoMs) / 5_000) * 5_000);
      return { time: due.toISOString() };
    };
    const due = dueAt(0);
    putFigures(store, Date.parse(due.time));
    await Promise.all([
      invoke(all, 'depth', due).then(() => invoke(all, 'depth', due)),
      invoke(all, 'depth-late', dueAt(120_000)),
      invoke(alone, 'depth-blind', due),
      invoke(none, 'depth-deaf', due),
      invoke(all, 'health', get('/health')),
      invoke(none, 'health', get('/metrics')),
      invoke(none, 'health-locked', get('/health')),
    ]);
  } finally {
    await Promise.all([all.stop(), alone.stop(), none.stop()]);
    await Promise.all([sqs.stop(), sqsAlone.stop()]);
  }
}

function describe(
  functionName: string,
  bundle: string,
  environment: Record<string, string>,
): FunctionDescription {
  const variables = { ...CLOUDWATCH, ...environment };
  return { functionName, bundle, timeoutSeconds: 30, memoryMb: 256, environment: variables };
}

function queues({ queueUrl }: SqsServer): string {
  const main = {
    url: queueUrl('see-main'),
    dlqUrl: queueUrl('see-main-dlq'),
    worker: 'see-worker',
    mapping: 'see-mapping',
  };
  const missing = MISSING.map((name) => [name, { url: queueUrl(`see-${name}`) }]);
  return JSON.stringify({ main, ...Object.fromEntries(missing) });
}

/** A minute in which everything has a figure, and more is deleted than sent. */
function putFigures(store: MetricStore, until: number): void {
  const figures: [string, string, Record<string, string>, number][] = [
    ['AWS/SQS', 'ApproximateAgeOfOldestMessage', { QueueName: 'see-main' }, 7],
    ['AWS/SQS', 'NumberOfMessagesSent', { QueueName: 'see-main' }, 1],
    ['AWS/SQS', 'NumberOfMessagesReceived', { QueueName: 'see-main' }, 3],
    ['AWS/SQS', 'NumberOfMessagesDeleted', { QueueName: 'see-main' }, 3],
    ...['ConcurrentExecutions', 'Invocations', 'Errors', 'Throttles'].map(
      (metric): (typeof figures)[number] => [
        'AWS/Lambda',
        metric,
        { FunctionName: 'see-worker' },
        1,
      ],
    ),
  ];
  for (const [namespace, metricName, dimensions, value] of figures) {
    for (let at = until - 60_000; at < until; at += 1_000) {
      store.put({ namespace, metricName, dimensions }, value, at);
    }
  }
}

async function sendMessage({ endpoint, queueUrl }: SqsServer): Promise<void> {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new SQSClient({ endpoint, credentials, region: 'us-east-1' });
  await client.send(
    new SendMessageCommand({ QueueUrl: queueUrl('see-main'), MessageBody: 'waits' }),
  );
  client.destroy();
}

function get(path: string): object {
  const event = httpEvent({});
  const { requestContext } = event;
  const http = { ...requestContext.http, method: 'GET', path };
  return { ...event, requestContext: { ...requestContext, http } };
}

async function invoke(service: LambdaService, functionName: string, event: object): Promise<void> {
  await service.invoke(functionName, JSON.stringify(event));
  const isIdle = () => service.instances(functionName).every(({ state }) => state === 'idle');
  await waitUntil(`${functionName} idle`, isIdle, 20_000);
}
