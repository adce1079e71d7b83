import { RemovalPolicy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
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
  taskQueues({ bundles: bundles(), tasks: [task({ http: true })], taskState: true, ...props });
const templateOf = (props?: Partial<TaskQueuesProps>) => Template.fromStack(create(props).stack);
const tableOf = (props?: Partial<TaskQueuesProps>) =>
  propertiesOf(templateOf(props), 'AWS::DynamoDB::Table')[0];
const variablesOf = (template: Template): Record<string, Properties> =>
  Object.fromEntries(
    propertiesOf(template, 'AWS::Lambda::Function').map((each) => [
      each['FunctionName'],
      each['Environment'].Variables,
    ]),
  );

describe('the table of task state', () => {
  it('is there only where it is asked for', () => {
    const template = templateOf({ taskState: false });
    expect(propertiesOf(template, 'AWS::DynamoDB::Table')).toEqual([]);
    for (const variables of Object.values(variablesOf(template))) {
      expect(variables).not.toHaveProperty('TASK_TABLE');
    }
    expect(JSON.stringify(template.findOutputs('*'))).not.toContain('TaskTable');
  });

  it('is not there by default', () => {
    const { stack } = taskQueues({ bundles: bundles() });
    expect(propertiesOf(Template.fromStack(stack), 'AWS::DynamoDB::Table')).toEqual([]);
  });

  it('is named after the stage', () => {
    expect(tableOf({ stage: 'test' })?.['TableName']).toBe('test-task-state');
  });

  it('has the partition key pk, and neither a sort key nor an index', () => {
    const table = tableOf();
    expect(table?.['KeySchema']).toEqual([{ AttributeName: 'pk', KeyType: 'HASH' }]);
    expect(table?.['AttributeDefinitions']).toEqual([{ AttributeName: 'pk', AttributeType: 'S' }]);
    expect(table).not.toHaveProperty('GlobalSecondaryIndexes');
  });

  it('is paid by the request', () => {
    expect(tableOf()).toMatchObject({ BillingMode: 'PAY_PER_REQUEST' });
    expect(tableOf()).not.toHaveProperty('ProvisionedThroughput');
  });

  it('forgets what has expired', () => {
    expect(tableOf()?.['TimeToLiveSpecification']).toEqual({
      AttributeName: 'expires_at',
      Enabled: true,
    });
  });

  it("is encrypted with AWS's key of the account, whose uses are in CloudTrail", () => {
    expect(tableOf()?.['SSESpecification']).toEqual({ SSEEnabled: true });
  });

  it('can be recovered to a point in time', () => {
    expect(tableOf()?.['PointInTimeRecoverySpecification']).toEqual({
      PointInTimeRecoveryEnabled: true,
    });
  });

  it.each<[string, Partial<TaskQueuesProps>, string, boolean]>([
    ['stays in prod', { stage: 'prod' }, 'RetainExceptOnCreate', true],
    ['goes with the stack elsewhere', { stage: 'dev' }, 'Delete', false],
    ['stays where it is said so', { removalPolicy: RemovalPolicy.RETAIN }, 'Retain', true],
    [
      'goes where it is said so',
      { stage: 'prod', removalPolicy: RemovalPolicy.DESTROY },
      'Delete',
      false,
    ],
  ])('%s, and is protected from being deleted where it stays', (_name, props, policy, protect) => {
    const [table] = Object.values(templateOf(props).findResources('AWS::DynamoDB::Table'));
    expect(table?.['DeletionPolicy']).toBe(policy);
    expect(table?.['Properties'].DeletionProtectionEnabled ?? false).toBe(protect);
  });

  it('is told to those that keep state, and not to health', () => {
    const { 'dev-health': health, ...others } = variablesOf(templateOf());
    expect(health).not.toHaveProperty('TASK_TABLE');
    expect(Object.keys(others).toSorted()).toEqual([
      'dev-enqueue-task',
      'dev-process-default',
      'dev-sample-queue-depth',
    ]);
    const names = Object.values(others).map((variables) => variables['TASK_TABLE']);
    expect(names).toEqual(Array(3).fill({ Ref: expect.stringMatching(/^TasksTaskTable/) }));
  });

  it('has its name as an output', () => {
    const outputs = Object.entries(templateOf().findOutputs('*'));
    const [, output] = outputs.find(([name]) => name.startsWith('TasksTaskTableName')) ?? [];
    expect(output?.['Value']).toEqual({ Ref: expect.stringMatching(/^TasksTaskTable/) });
  });

  it('does without an API', () => {
    expect(tableOf({ api: false })?.['TableName']).toBe('dev-task-state');
  });
});

describe('an idempotent task', () => {
  test.each([true, () => 'key'])('is refused without task state: %s', (idempotent) => {
    expect(() => create({ tasks: [task({ idempotent })], taskState: false })).toThrow(
      'Worker of queue "default": task "a_task" is idempotent, and there is no table to remember its runs in: a message that comes twice would run twice. Set taskState to true, or take idempotent out of the task.',
    );
  });

  it('is accepted with it', () => {
    expect(() => create({ tasks: [task({ idempotent: true })] })).not.toThrow();
  });

  it('is one that says so', () => {
    const tasks = [task({ idempotent: false })];
    expect(() => create({ tasks, taskState: false })).not.toThrow();
  });
});
