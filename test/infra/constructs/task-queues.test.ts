import { Template } from 'aws-cdk-lib/assertions';
import { RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { describe, expect, it, test } from 'vitest';
import type { TaskQueuesProps } from '../../../infra/constructs/task-queues-props.ts';
import { propertiesOf, task, taskQueues, useFixtureBundles } from '../synthesize.ts';

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

test('api: false makes no API, and no function of it', () => {
  const template = templateOf({ api: false });
  expect(propertiesOf(template, 'AWS::ApiGatewayV2::Api')).toEqual([]);
  expect(namesOf(template, 'AWS::Lambda::Function', 'FunctionName')).toEqual([
    'dev-process-default',
    'dev-sample-queue-depth',
  ]);
});
