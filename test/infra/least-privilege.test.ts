import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it, test } from 'vitest';
import type { TaskQueuesProps } from '../../infra/constructs/task-queues-props.ts';
import {
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from './synthesize.ts';

const bundles = useFixtureBundles();
const tasks = [
  task({ name: 'a', enqueues: ['b'], schedule: [{ rateMinutes: 1, payload: { id: 'x' } }] }),
  task({ name: 'b', queue: 'low', http: true }),
];

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: unknown;
}

const templateOf = (props: Partial<TaskQueuesProps> = {}) =>
  Template.fromStack(
    taskQueues({ bundles: bundles(), tasks, queues: { default: {}, low: {} }, ...props }).stack,
  );
const listOf = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/** `Queue-low` and the like for a reference, and the text of what is put together. */
function nameOf(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': join, Ref } = resource as Properties;
  if (attribute !== undefined) return logicalName(attribute[0]);
  if (join !== undefined) {
    const parts = join[1] as unknown[];
    return parts
      .map((part) => (typeof part === 'string' ? part : nameOf(part)))
      .join('')
      .replace(/^arn:.*?:(sqs|ssm|lambda|scheduler):.*?:.*?:/, '$1:');
  }
  return /^AWS::/.test(Ref) ? '' : logicalName(Ref);
}

const logicalName = (id: string) => id.replace(/^Tasks/, '').replace(/[0-9A-F]{8}$/, '');

/** `action on resource` for everything that the role of a function may do, logs apart. */
function rightsOf(template: Template, functionName: string): string[] {
  const [made] = propertiesOf(template, 'AWS::Lambda::Function', { FunctionName: functionName });
  const role = made?.['Role']['Fn::GetAtt'][0];
  const policies = propertiesOf(template, 'AWS::IAM::Policy', { Roles: [{ Ref: role }] });
  const statements: Statement[] = policies.flatMap((each) => each['PolicyDocument'].Statement);
  return statements
    .filter(({ Action }) => !listOf(Action).every((action) => action.startsWith('logs:')))
    .flatMap(({ Action, Resource }) =>
      listOf(Action).flatMap((action) =>
        listOf(Resource).map((resource) => `${action} on ${nameOf(resource)}`),
      ),
    )
    .toSorted();
}

const TOKEN = 'ssm:GetParameter on ssm:parameter/leadline/dev/oneuptime-token';

describe('may do this and nothing else:', () => {
  it('enqueue-task, which sends what may be enqueued over HTTP', () => {
    expect(rightsOf(templateOf(), 'dev-enqueue-task')).toEqual([
      'sqs:SendMessage on QueuelowQueue',
      TOKEN,
    ]);
  });

  it('a worker whose tasks enqueue others', () => {
    expect(rightsOf(templateOf(), 'dev-process-default')).toEqual([
      'sqs:ChangeMessageVisibility on QueuedefaultQueue',
      'sqs:DeleteMessage on QueuedefaultQueue',
      'sqs:GetQueueAttributes on QueuedefaultQueue',
      'sqs:ReceiveMessage on QueuedefaultQueue',
      'sqs:SendMessage on QueuedefaultDeadLetterQueue',
      'sqs:SendMessage on QueuelowQueue',
      TOKEN,
    ]);
  });

  it('a worker whose tasks enqueue none', () => {
    expect(rightsOf(templateOf(), 'dev-process-low')).toEqual([
      'sqs:ChangeMessageVisibility on QueuelowQueue',
      'sqs:DeleteMessage on QueuelowQueue',
      'sqs:GetQueueAttributes on QueuelowQueue',
      'sqs:ReceiveMessage on QueuelowQueue',
      'sqs:SendMessage on QueuelowDeadLetterQueue',
      TOKEN,
    ]);
  });

  const SCHEDULE = [
    'iam:PassRole on OneTimeSchedulesSchedulerRole',
    'scheduler:CreateSchedule on scheduler:schedule/dev-tasks/*',
  ];

  it('with one-time schedules: those that enqueue, and no others', () => {
    const template = templateOf({ oneTimeSchedules: true });
    const added = (name: string) => {
      const without = rightsOf(templateOf(), name);
      return rightsOf(template, name).filter((right) => !without.includes(right));
    };
    expect(added('dev-enqueue-task')).toEqual(SCHEDULE);
    expect(added('dev-process-default')).toEqual(SCHEDULE);
    for (const name of ['dev-process-low', 'dev-sample-queue-depth', 'dev-health']) {
      expect(added(name), name).toEqual([]);
    }
  });

  const READ_QUEUES = [
    'sqs:GetQueueAttributes on QueuedefaultDeadLetterQueue',
    'sqs:GetQueueAttributes on QueuedefaultQueue',
    'sqs:GetQueueAttributes on QueuelowDeadLetterQueue',
    'sqs:GetQueueAttributes on QueuelowQueue',
  ];

  it('the depth function', () => {
    const heartbeatUrlParameter = '/leadline/dev/heartbeat-url';
    const template = templateOf({ oneuptime: { heartbeatUrlParameter } });
    expect(rightsOf(template, 'dev-sample-queue-depth')).toEqual([
      'cloudwatch:GetMetricData on *',
      ...READ_QUEUES,
      'ssm:GetParameter on ssm:parameter/leadline/dev/heartbeat-url',
      TOKEN,
    ]);
  });

  it('the health function', () => {
    expect(rightsOf(templateOf(), 'dev-health')).toEqual([
      'cloudwatch:GetMetricData on *',
      'lambda:GetEventSourceMapping on lambda:event-source-mapping:WorkerdefaultMapping',
      'lambda:GetEventSourceMapping on lambda:event-source-mapping:WorkerlowMapping',
      'lambda:GetFunctionConfiguration on WorkerdefaultFunction',
      'lambda:GetFunctionConfiguration on WorkerlowFunction',
      ...READ_QUEUES,
      'ssm:GetParameter on ssm:parameter/leadline/dev/health-token',
      TOKEN,
    ]);
  });

  it('the depth function that finds queues by their prefix', () => {
    expect(rightsOf(templateOf({ discoverQueues: true }), 'dev-sample-queue-depth')).toEqual([
      'cloudwatch:GetMetricData on *',
      'lambda:ListEventSourceMappings on *',
      'sqs:GetQueueAttributes on sqs:dev-*',
      'sqs:ListQueues on *',
      TOKEN,
    ]);
  });

  it('the health function that finds queues by their prefix', () => {
    expect(rightsOf(templateOf({ discoverQueues: true }), 'dev-health')).toEqual([
      'cloudwatch:GetMetricData on *',
      'lambda:GetEventSourceMapping on *',
      'lambda:GetFunctionConfiguration on lambda:function:dev-*',
      'lambda:ListEventSourceMappings on *',
      'sqs:GetQueueAttributes on sqs:dev-*',
      'sqs:ListQueues on *',
      'ssm:GetParameter on ssm:parameter/leadline/dev/health-token',
      TOKEN,
    ]);
  });
});

describe('with task state, may do this besides, to the table alone:', () => {
  const rightsBesides = (functionName: string) => {
    const before = rightsOf(templateOf(), functionName);
    const after = rightsOf(templateOf({ taskState: true }), functionName);
    expect(after).toEqual(expect.arrayContaining(before));
    return after.filter((right) => !before.includes(right));
  };

  it.each([
    ['enqueue-task', 'which keeps records and revokes', 'Delete Get Put Update'],
    ['process-default', 'whose tasks enqueue others', 'BatchGet Delete Get Put Update'],
    ['process-low', 'whose tasks enqueue none', 'BatchGet Get Update'],
    ['sample-queue-depth', 'which keeps the last runs of schedules', 'BatchGet Update'],
  ])('%s, %s', (functionName, _why, actions) => {
    const rights = actions.split(' ').map((action) => `dynamodb:${action}Item on TaskTable`);
    expect(rightsBesides(`dev-${functionName}`)).toEqual(rights);
  });

  it('the health function nothing', () => {
    expect(rightsBesides('dev-health')).toEqual([]);
  });
});

/** Every identity policy of the stack, those of schedules too. */
function wildcards(template: Template): string[] {
  const policies = propertiesOf(template, 'AWS::IAM::Policy');
  const statements: Statement[] = policies.flatMap((each) => each['PolicyDocument'].Statement);
  const rights = statements.flatMap(({ Action, Resource }) =>
    listOf(Action).flatMap((action) =>
      listOf(Resource).map((resource) => `${action} on ${nameOf(resource)}`),
    ),
  );
  return [...new Set(rights.filter((right) => right.includes('*')))].toSorted();
}

test.each([false, true])(
  'the one wildcard is GetMetricData, which CloudWatch does not narrow; task state: %s',
  (taskState) => {
    expect(wildcards(templateOf({ taskState }))).toEqual(['cloudwatch:GetMetricData on *']);
  },
);

test('with one-time schedules their names are one, too', () => {
  expect(wildcards(templateOf({ oneTimeSchedules: true }))).toEqual([
    'cloudwatch:GetMetricData on *',
    'scheduler:CreateSchedule on scheduler:schedule/dev-tasks/*',
  ]);
});

test('with a prefix there are those that finding queues takes', () => {
  expect(wildcards(templateOf({ discoverQueues: true }))).toEqual([
    'cloudwatch:GetMetricData on *',
    'lambda:GetEventSourceMapping on *',
    'lambda:GetFunctionConfiguration on lambda:function:dev-*',
    'lambda:ListEventSourceMappings on *',
    'sqs:GetQueueAttributes on sqs:dev-*',
    'sqs:ListQueues on *',
  ]);
});

test('no role has a managed or an inline policy, and each has one function or schedule', () => {
  const template = templateOf();
  const roles = propertiesOf(template, 'AWS::IAM::Role');
  expect(roles.filter((role) => 'ManagedPolicyArns' in role || 'Policies' in role)).toEqual([]);
  const users = [
    ...propertiesOf(template, 'AWS::Lambda::Function').map((each) => each['Role']),
    ...propertiesOf(template, 'AWS::Scheduler::Schedule').map((each) => each['Target'].RoleArn),
  ].map((arn) => arn['Fn::GetAtt'][0]);
  expect(new Set(users).size).toBe(users.length);
  expect(users).toHaveLength(roles.length);
});
