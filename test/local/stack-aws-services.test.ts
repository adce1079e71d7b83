import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetEventSourceMappingCommand,
  LambdaClient,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, it, onTestFinished } from 'vitest';
import type { StackDescription, StackFunction } from '../../local/stack-description.ts';
import { type Stack, startStack } from '../../local/start-stack.ts';

const projectFile = join(import.meta.dirname, '../../package.json');

/** Asks all four services with the SDK as the environment of a function sets it up. */
const PROBE = `
import { createRequire } from 'node:module';
const require = createRequire(${JSON.stringify(projectFile)});
const { SQSClient, ListQueuesCommand } = require('@aws-sdk/client-sqs');
const { CloudWatchClient, GetMetricDataCommand } = require('@aws-sdk/client-cloudwatch');
const { DynamoDBClient, PutItemCommand, GetItemCommand } = require('@aws-sdk/client-dynamodb');
const { LambdaClient, GetFunctionConfigurationCommand, GetEventSourceMappingCommand } =
  require('@aws-sdk/client-lambda');
const metric = (Id, Namespace, MetricName, Name, Value) => ({
  Id,
  MetricStat: {
    Metric: { Namespace, MetricName, Dimensions: [{ Name, Value }] },
    Period: 60,
    Stat: 'Sum',
  },
});
export const handler = async () => {
  const { QueueUrls } = await new SQSClient({}).send(
    new ListQueuesCommand({ QueueNamePrefix: 'shop-' }));
  const lambda = new LambdaClient({});
  const { State } = await lambda.send(
    new GetFunctionConfigurationCommand({ FunctionName: 'shop-worker' }));
  const mapping = await lambda.send(new GetEventSourceMappingCommand({ UUID: 'shop-mapping' }));
  const { MetricDataResults } = await new CloudWatchClient({}).send(new GetMetricDataCommand({
    StartTime: new Date(Date.now() - 600_000),
    EndTime: new Date(Date.now() + 60_000),
    MetricDataQueries: [
      metric('sent', 'AWS/SQS', 'NumberOfMessagesSent', 'QueueName', 'shop-default'),
      metric('received', 'AWS/SQS', 'NumberOfMessagesReceived', 'QueueName', 'shop-default'),
      metric('deleted', 'AWS/SQS', 'NumberOfMessagesDeleted', 'QueueName', 'shop-default'),
      metric('errors', 'AWS/Lambda', 'Errors', 'FunctionName', 'shop-worker'),
    ],
  }));
  const dynamoDb = new DynamoDBClient({});
  const Item = { pk: { S: 'a' } };
  await dynamoDb.send(new PutItemCommand({ TableName: 'shop-state', Item }));
  const got = await dynamoDb.send(new GetItemCommand({ TableName: 'shop-state', Key: Item }));
  const sums = MetricDataResults.map(({ Values }) => Values.reduce((sum, each) => sum + each, 0));
  return { queues: QueueUrls.length, State, mapping: mapping.State, item: got.Item, sums };
};`;

const WORKER = 'export const handler = async () => ({ batchItemFailures: [] });';

/** One queue with a worker, and a function that the test writes. */
async function start(
  source: string,
  more: Partial<StackDescription> = {},
): Promise<{ stack: Stack; output: string[] }> {
  const bundleDirectory = mkdtempSync(join(tmpdir(), 'leadline-stack-'));
  onTestFinished(() => rmSync(bundleDirectory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries({ probe: source, worker: WORKER })) {
    mkdirSync(join(bundleDirectory, name));
    writeFileSync(join(bundleDirectory, name, 'index.mjs'), text);
  }
  const output: string[] = [];
  const describe = (name: string): StackFunction => ({
    functionName: `shop-${name}`,
    bundle: name,
    environment: () => ({}),
    timeoutSeconds: 20,
  });
  const stack = await startStack(
    {
      queues: [{ queueName: 'shop-default' }, { queueName: 'other' }],
      functions: [describe('probe'), describe('worker')],
      eventSourceMappings: [
        {
          uuid: 'shop-mapping',
          queueName: 'shop-default',
          functionName: 'shop-worker',
          reportBatchItemFailures: true,
        },
      ],
      routes: [],
      schedules: [],
      ...more,
    },
    { bundleDirectory, onOutput: (line) => output.push(line) },
  );
  onTestFinished(() => stack.stop());
  return { stack, output };
}

function send({ sqs, sqsClient }: Stack, MessageBody: string): Promise<unknown> {
  const QueueUrl = sqs.queueUrl('shop-default');
  return sqsClient.send(new SendMessageCommand({ QueueUrl, MessageBody }));
}

/** The sum of a metric of the queue over the last ten minutes. */
function sumOf({ cloudWatch }: Stack, metricName: string): number {
  return cloudWatch
    .read(
      { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: 'shop-default' } },
      { start: Date.now() - 600_000, end: Date.now() + 60_000, periodSeconds: 60 },
    )
    .reduce((sum, point) => sum + point.sum, 0);
}

it('serves SQS, CloudWatch, Lambda and DynamoDB to a function by the environment alone', async () => {
  const { stack } = await start(PROBE, {
    tables: [{ tableName: 'shop-state', partitionKey: 'pk' }],
  });
  for (const body of ['a', 'b', 'c']) await send(stack, body);
  await expect.poll(() => sumOf(stack, 'NumberOfMessagesDeleted'), { timeout: 10_000 }).toBe(3);
  const { payload } = await stack.lambda.invoke('shop-probe', '{}');
  expect(JSON.parse(payload)).toEqual({
    queues: 1,
    State: 'Active',
    mapping: 'Enabled',
    item: { pk: { S: 'a' } },
    sums: [3, 3, 3, 0],
  });
});

it('stops the workers of a queue and starts them again, through the API or the stack', async () => {
  const { stack } = await start(PROBE);
  const lambda = new LambdaClient({
    endpoint: stack.sqs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(() => lambda.destroy());
  const UUID = 'shop-mapping';
  const mapping = stack.eventSourceMappings.get('shop-default');
  await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: false }));
  const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID }))).State;
  await expect.poll(state, { timeout: 5_000 }).toBe('Disabled');
  expect(mapping?.enabled).toBe(false);
  await send(stack, 'waiting');
  // The depth is measured once a second.
  const depth = () => sumOf(stack, 'ApproximateNumberOfMessagesVisible');
  await expect.poll(depth, { timeout: 5_000 }).toBeGreaterThan(0);
  expect(sumOf(stack, 'NumberOfMessagesReceived')).toBe(0);
  mapping?.enable();
  await expect.poll(() => sumOf(stack, 'NumberOfMessagesDeleted'), { timeout: 10_000 }).toBe(1);
  expect(await state()).toBe('Enabled');
});

it('runs a schedule whose runs hang, and stops all the same', async () => {
  const hanging = `export const handler = async (event) => {
    console.log(event.time);
    await new Promise((resolve) => setTimeout(resolve, 19_000));
  };`;
  const { stack, output } = await start(hanging, {
    schedules: [
      {
        name: 'depth',
        expression: 'rate(1 second)',
        targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:shop-probe',
        input: () => '{"time":"<aws.scheduler.scheduled-time>"}',
      },
    ],
  });
  await expect.poll(() => output.length, { timeout: 10_000 }).toBeGreaterThanOrEqual(2);
  for (const line of output) expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  expect(new Set(output).size).toBe(output.length);
  const stopping = performance.now();
  await stack.stop();
  expect(performance.now() - stopping).toBeLessThan(2_000);
});
