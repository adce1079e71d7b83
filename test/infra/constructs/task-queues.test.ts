import { Template } from 'aws-cdk-lib/assertions';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it, test } from 'vitest';
import type { TaskQueuesProps } from '../../../infra/constructs/task-queues-props.ts';
import {
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from '../synthesize.ts';

const bundles = useFixtureBundles();
const create = (props: Partial<TaskQueuesProps> = {}) =>
  taskQueues({ bundles: bundles(), ...props });
const templateOf = (props?: Partial<TaskQueuesProps>) => Template.fromStack(create(props).stack);
const namesOf = (template: Template, type: string, key: string) =>
  propertiesOf(template, type)
    .map((properties) => properties[key])
    .toSorted();

describe('queues', () => {
  it('are those that tasks name, unless they are listed', () => {
    const tasks = [task(), task({ name: 'b', queue: 'low' })];
    expect(Object.keys(create({ tasks }).all.queues)).toEqual(['default', 'low']);
  });

  it('have to be listed for every task', () => {
    const tasks = [task({ queue: 'high' })];
    expect(() => create({ tasks, queues: { default: {}, low: {} } })).toThrow(
      'Task "a_task" is for the queue "high", and queues has default, low. Add it to queues, or correct the task.',
    );
  });

  it('are no properties that every object has', () => {
    const tasks = [task({ queue: 'constructor' })];
    expect(() => create({ tasks, queues: { default: {} } })).toThrow(
      'Task "a_task" is for the queue "constructor", and queues has default.',
    );
  });

  it('each have a worker of the one bundle', () => {
    const template = templateOf({ queues: { default: {}, low: {} } });
    const workers = propertiesOf(template, 'AWS::Lambda::Function').filter(({ FunctionName }) =>
      FunctionName.startsWith('dev-process-'),
    );
    expect(workers.map((worker) => worker['FunctionName'])).toEqual([
      'dev-process-default',
      'dev-process-low',
    ]);
    const [first, second] = workers.map((worker) => worker['Code']);
    expect(first).toEqual(second);
  });

  it('are retained in prod, unless their creation is rolled back, and go with the stack elsewhere', () => {
    const policies = (stage: string) =>
      Object.values(templateOf({ stage }).findResources('AWS::SQS::Queue')).map(
        (queue) => queue['DeletionPolicy'],
      );
    const kept = ['RetainExceptOnCreate', 'RetainExceptOnCreate'];
    expect(policies('prod')).toEqual(kept);
    expect(policies('dev')).toEqual(['Delete', 'Delete']);
  });
});

test.each([
  ['dead', false],
  ['fifo', true],
])('a queue with the name of a dead-letter queue is refused: %s', (name, fifo) => {
  const tasks = [task({ queue: name })];
  const queues = { [name]: { fifo }, [`${name}-dlq`]: { fifo } };
  expect(() => create({ tasks, queues })).toThrow(
    `The queue "${name}-dlq" has the name of the dead-letter queue of "${name}". Name one of them otherwise.`,
  );
});

test('an app without any queue is refused', () => {
  expect(() => create({ tasks: [] })).toThrow('There is no queue: tasks is empty');
});

test.each(['', 'Prod', '1st'])('the stage %j is refused', (stage) => {
  expect(() => create({ stage })).toThrow(`stage is ${JSON.stringify(stage)}; use 1 to 16`);
});

test('two tasks of one name are refused', () => {
  expect(() => create({ tasks: [task(), task()] })).toThrow('Two tasks are named "a_task".');
});

test("the variables of a queue are its worker's alone", () => {
  const queues = { default: { environment: { TABLE: 'orders' } }, low: {} };
  const template = templateOf({ queues, environment: { LOG_LEVEL: 'debug' } });
  const variables = (FunctionName: string) =>
    propertiesOf(template, 'AWS::Lambda::Function', { FunctionName })[0]?.['Environment'].Variables;
  expect(variables('dev-process-default')).toMatchObject({ TABLE: 'orders', LOG_LEVEL: 'debug' });
  expect(variables('dev-process-low')).toMatchObject({ LOG_LEVEL: 'debug' });
  expect(variables('dev-process-low')).not.toHaveProperty('TABLE');
});

test('a chain of messages that is meant is not ended', () => {
  const queues = { default: { recursiveLoop: RecursiveLoop.ALLOW }, low: {} };
  const loopOf = (FunctionName: string) =>
    propertiesOf(templateOf({ queues }), 'AWS::Lambda::Function', { FunctionName })[0];
  expect(loopOf('dev-process-default')?.['RecursiveLoop']).toBe('Allow');
  expect(loopOf('dev-process-low')).not.toHaveProperty('RecursiveLoop');
});

describe('the token', () => {
  const tokenOf = (props: Partial<TaskQueuesProps>) =>
    propertiesOf(templateOf(props), 'AWS::Lambda::Function', {
      FunctionName: `${props.stage ?? 'dev'}-process-default`,
    })[0]?.['Environment'].Variables.ONEUPTIME_TOKEN_PARAMETER;

  it('is in a parameter of the stage', () => {
    expect(tokenOf({ stage: 'test' })).toBe('/leadline/test/oneuptime-token');
  });

  it('is in the parameter that is named', () => {
    expect(tokenOf({ oneuptime: { tokenParameter: '/mine' } })).toBe('/mine');
  });

  it('is not asked for where another backend is named', () => {
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://example.com' };
    expect(tokenOf({ environment })).toBeUndefined();
    const ofOneSignal = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://example.com/v1/traces' };
    expect(tokenOf({ environment: ofOneSignal })).toBeUndefined();
  });
});

test('the outputs are the API, the queues and the dashboard', () => {
  const { stack } = create({ queues: { default: {}, low: {} } });
  const outputs = Object.keys(Template.fromStack(stack).findOutputs('*'));
  expect(outputs.map((name) => name.replace(/[0-9A-F]{8}$/, '')).toSorted()).toEqual([
    'TasksApiUrl',
    'TasksDashboardUrl',
    'TasksQueueUrldefault',
    'TasksQueueUrllow',
  ]);
});

test('the dashboard has a row a queue', () => {
  const [dashboard] = propertiesOf(
    templateOf({ queues: { default: {}, low: {} } }),
    'AWS::CloudWatch::Dashboard',
  );
  const body = JSON.stringify(dashboard?.['DashboardBody']);
  for (const text of ['# default', '# low', 'Oldest message, s', 'dev-tasks']) {
    expect(`${dashboard?.['DashboardName']} ${body}`).toContain(text);
  }
});

test('the dashboard draws each figure from its metric', () => {
  const template = templateOf();
  const [dashboard] = propertiesOf(template, 'AWS::CloudWatch::Dashboard');
  const parts: unknown[] = dashboard?.['DashboardBody']['Fn::Join'][1];
  const body = parts.map((part) => (typeof part === 'string' ? part : nameOf(part))).join('');
  const { widgets }: { widgets: { properties: { metrics?: unknown[][] } }[] } = JSON.parse(body);
  const drawn = widgets.flatMap(({ properties }) => properties.metrics ?? []);
  const rows = drawn.map(([, metric, , of, options]) => {
    const { label, stat = 'Average' } = options as { label: string; stat?: string };
    return `${label}: ${stat} of ${metric} of ${of}`;
  });
  const queue = 'TasksQueuedefaultQueue';
  const deadLetterQueue = 'TasksQueuedefaultDeadLetterQueue';
  const worker = 'TasksWorkerdefaultFunction';
  expect(rows).toEqual([
    `waiting: Maximum of ApproximateNumberOfMessagesVisible of ${queue}`,
    `in flight: Maximum of ApproximateNumberOfMessagesNotVisible of ${queue}`,
    `dead: Maximum of ApproximateNumberOfMessagesVisible of ${deadLetterQueue}`,
    `age: Maximum of ApproximateAgeOfOldestMessage of ${queue}`,
    `sent: Sum of NumberOfMessagesSent of ${queue}`,
    `deleted: Sum of NumberOfMessagesDeleted of ${queue}`,
    `invocations: Sum of Invocations of ${worker}`,
    `errors: Sum of Errors of ${worker}`,
    `throttles: Sum of Throttles of ${worker}`,
    `instances: Maximum of ConcurrentExecutions of ${worker}`,
  ]);
});

test('the link to the dashboard leads to the console of its partition', () => {
  const template = templateOf();
  const [output] = Object.values(template.findOutputs('*')).filter(({ Value }) =>
    JSON.stringify(Value).includes('dashboard'),
  );
  const [, parts] = output?.['Value']['Fn::Join'] ?? [];
  const [https, host, path, region, rest] = parts;
  expect(`${https}<host>${path}<region>${rest}`).toBe(
    'https://<host>/cloudwatch/home?region=<region>#dashboards/dashboard/dev-tasks',
  );
  expect(region).toEqual({ Ref: 'AWS::Region' });
  const [mapping, partition, key] = host['Fn::FindInMap'];
  expect(partition).toEqual({ Ref: 'AWS::Partition' });
  const hosts = template.findMappings(mapping)[mapping];
  expect(hosts?.['aws']?.[key]).toBe('console.aws.amazon.com');
  expect(hosts?.['aws-cn']?.[key]).toBe('console.amazonaws.cn');
  expect(hosts?.['aws-us-gov']?.[key]).toBe('console.amazonaws-us-gov.com');
});

/** `TasksQueuedefaultQueue` and the like for a reference. */
function nameOf(reference: unknown): string {
  const { Ref, 'Fn::GetAtt': attribute } = reference as Properties;
  return String(attribute?.[0] ?? Ref).replace(/[0-9A-F]{8}$/, '');
}

test('api: false makes no API, and no function of it', () => {
  const template = templateOf({ api: false });
  expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).toEqual([]);
  expect(namesOf(template, 'AWS::Lambda::Function', 'FunctionName')).toEqual([
    'dev-process-default',
    'dev-sample-queue-depth',
  ]);
});
