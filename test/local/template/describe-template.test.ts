import { beforeAll, describe, expect, it } from 'vitest';
import type { StackDescription } from '../../../local/stack-description.ts';
import { describeTemplate } from '../../../local/template/describe-template.ts';
import { synthesizeStage } from '../../../local/template/synthesize-stage.ts';
import type { Template } from '../../../local/template/template.ts';
import { builtBundles } from '../../support/built-bundles.ts';

const addresses = { queueUrl: (name: string) => `http://127.0.0.1:1/000000000000/${name}` };

describe('the stage dev, as cdk deploy would make it', () => {
  let stack: StackDescription;

  beforeAll(async () => {
    stack = describeTemplate(synthesizeStage('dev', await builtBundles()));
  }, 60_000);

  it('has each queue with its dead-letter queue, which takes from that queue alone', () => {
    expect(stack.queues.map(({ queueName }) => queueName).sort()).toEqual([
      'dev-default',
      'dev-default-dlq',
      'dev-high',
      'dev-high-dlq',
      'dev-low',
      'dev-low-dlq',
    ]);
    expect(stack.queues).toContainEqual({
      queueName: 'dev-default',
      visibilityTimeoutSeconds: 240,
      messageRetentionSeconds: 345_600,
      redrive: { deadLetterQueueName: 'dev-default-dlq', maxReceiveCount: 15 },
    });
    expect(stack.queues).toContainEqual({
      queueName: 'dev-default-dlq',
      messageRetentionSeconds: 1_209_600,
      redriveAllow: { sourceQueueNames: ['dev-default'] },
    });
  });

  it('has a worker for each queue, fed by a mapping that reports failures of items', () => {
    expect(stack.eventSourceMappings).toHaveLength(3);
    expect(stack.eventSourceMappings).toContainEqual({
      uuid: expect.stringMatching(/^\w+$/),
      queueName: 'dev-low',
      functionName: 'dev-process-low',
      batchSize: 10,
      maximumConcurrency: 2,
      reportBatchItemFailures: true,
    });
  });

  it('gives a worker its own queue and DLQ, by their URLs', () => {
    expect(environmentOf('dev-process-high')).toMatchObject({
      OTEL_SERVICE_NAME: 'leadline',
      ENVIRONMENT: 'dev',
      QUEUES: JSON.stringify({
        high: {
          url: addresses.queueUrl('dev-high'),
          dlqUrl: addresses.queueUrl('dev-high-dlq'),
        },
      }),
    });
  });

  it('gives depth and health all queues, each with its worker and the mapping of that', () => {
    for (const name of ['dev-sample-queue-depth', 'dev-health']) {
      const queues = JSON.parse(environmentOf(name)['QUEUES'] ?? '{}');
      expect(Object.keys(queues).sort()).toEqual(['default', 'high', 'low']);
      const mapping = stack.eventSourceMappings.find(({ queueName }) => queueName === 'dev-high');
      expect(queues.high).toMatchObject({ worker: 'dev-process-high', mapping: mapping?.uuid });
    }
  });

  it('has the routes of the API', () => {
    expect(stack.routes).toEqual(
      expect.arrayContaining([
        { method: 'POST', path: '/tasks/{task}', functionName: 'dev-enqueue-task' },
        { method: 'GET', path: '/health', functionName: 'dev-health' },
        { method: 'HEAD', path: '/metrics', functionName: 'dev-health' },
      ]),
    );
    expect(stack.routes).toHaveLength(5);
  });

  it('has the schedule of the depth function, with the event that Scheduler sends', () => {
    expect(stack.schedules).toEqual([
      {
        name: expect.any(String),
        expression: 'rate(1 minute)',
        timezone: 'Etc/UTC',
        targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:dev-sample-queue-depth',
        input: expect.any(Function),
      },
    ]);
    expect(stack.schedules[0]?.input(addresses)).toBe('{"time":"<aws.scheduler.scheduled-time>"}');
  });

  it('has no table, and no function is told of one', () => {
    expect(stack.tables).toEqual([]);
    for (const { functionName } of stack.functions) {
      expect(environmentOf(functionName)).not.toHaveProperty('TASK_TABLE');
    }
  });

  function environmentOf(functionName: string): Record<string, string> {
    const found = stack.functions.find((each) => each.functionName === functionName);
    return found?.environment(addresses) ?? {};
  }
});

describe('the stage local', () => {
  let stack: StackDescription;

  beforeAll(async () => {
    stack = describeTemplate(synthesizeStage('local', await builtBundles()));
  }, 60_000);

  it('has the table of task state', () => {
    expect(stack.tables).toEqual([{ tableName: 'local-task-state', partitionKey: 'pk' }]);
  });

  it('tells those that keep state of the table', () => {
    const told = stack.functions.filter(
      (each) => each.environment(addresses)['TASK_TABLE'] === 'local-task-state',
    );
    expect(told.map(({ functionName }) => functionName).sort()).toEqual([
      'local-enqueue-task',
      'local-process-default',
      'local-process-high',
      'local-process-low',
      'local-sample-queue-depth',
    ]);
  });

  it('has the routes of the state of a task', () => {
    for (const method of ['GET', 'DELETE']) {
      const functionName = 'local-enqueue-task';
      expect(stack.routes).toContainEqual({ method, path: '/tasks/{id}', functionName });
    }
  });
});

const TABLE = {
  Type: 'AWS::DynamoDB::Table',
  Properties: { TableName: 't', KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] },
};
const QUEUE = { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'q', FifoQueue: true } };

function functionWith(variables: object, metadata: object = { 'leadline:bundle': 'b' }): Template {
  const Properties = {
    FunctionName: 'f',
    Timeout: 3,
    MemorySize: 128,
    Environment: { Variables: variables },
  };
  return {
    Resources: {
      Q: QUEUE,
      T: TABLE,
      F: { Type: 'AWS::Lambda::Function', Properties, Metadata: { ...metadata } },
    },
  };
}

it.each([
  ['Ref of a queue', { Ref: 'Q' }, addresses.queueUrl('q')],
  ['Ref of a function', { Ref: 'F' }, 'f'],
  ['the ARN of a queue', { 'Fn::GetAtt': ['Q', 'Arn'] }, 'arn:aws:sqs:us-east-1:000000000000:q'],
  ['the name of a queue', { 'Fn::GetAtt': ['Q', 'QueueName'] }, 'q'],
  ['Ref of a table', { Ref: 'T' }, 't'],
  [
    'the ARN of a table',
    { 'Fn::GetAtt': ['T', 'Arn'] },
    'arn:aws:dynamodb:us-east-1:000000000000:table/t',
  ],
  ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'AWS::Region' }, { Ref: 'F' }]] }, 'a-us-east-1-f'],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CloudFormation's.
  ['Fn::Sub', { 'Fn::Sub': '${Q.QueueName}/${AWS::AccountId}/${F}' }, 'q/000000000000/f'],
])('follows %s', (_, value, expected) => {
  const [description] = describeTemplate(functionWith({ X: value })).functions;
  expect(description?.environment(addresses)).toEqual({ X: expected });
});

it.each([
  [{ Ref: 'Nowhere' }, /Ref of Nowhere/],
  [{ 'Fn::ImportValue': 'x' }, /Fn::ImportValue/],
  [{ 'Fn::GetAtt': ['F', 'SnapStart'] }, /Fn::GetAtt of F\.SnapStart \(AWS::Lambda::Function\)/],
])('refuses %j, which it cannot follow, and names it', (value, message) => {
  const [description] = describeTemplate(functionWith({ X: value })).functions;
  expect(() => description?.environment(addresses)).toThrow(message);
});

it('refuses a table with a sort key, and names it', () => {
  const KeySchema = [...TABLE.Properties.KeySchema, { AttributeName: 'sk', KeyType: 'RANGE' }];
  const Properties = { ...TABLE.Properties, KeySchema };
  expect(() => describeTemplate({ Resources: { T: { ...TABLE, Properties } } })).toThrow(
    'T of the template of infra/ has a sort key',
  );
});

it('refuses a function without a bundle, and names it', () => {
  expect(() => describeTemplate(functionWith({}, {}))).toThrow(/F .* no bundle/);
});

it('keeps a FIFO queue one', () => {
  expect(describeTemplate(functionWith({})).queues).toEqual([{ queueName: 'q', fifo: true }]);
});
