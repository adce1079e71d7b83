import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { describeTemplate } from '../../../local/template/describe-template.ts';
import type { Template as ReadTemplate } from '../../../local/template/template.ts';
import {
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from '../synthesize.ts';

const bundles = useFixtureBundles();
const tasks = [task({ http: true }), task({ name: 'other', queue: 'line' })];
const queues = { default: {}, line: { fifo: true } };

const synthesize = (props = {}) =>
  Template.fromStack(taskQueues({ bundles: bundles(), tasks, queues, ...props }).stack);
const ofEnqueue = (template: Template): Properties => {
  const [made = {}] = propertiesOf(template, 'AWS::Lambda::Function', {
    FunctionName: 'dev-enqueue-task',
  });
  return made['Environment'].Variables;
};

it('is off by default: no group, no variables', () => {
  const template = synthesize();
  template.resourceCountIs('AWS::Scheduler::ScheduleGroup', 0);
  expect(ofEnqueue(template)).not.toHaveProperty('SCHEDULE_GROUP');
});

describe('oneTimeSchedules: true', () => {
  it('makes the group of the stage, and tells who enqueues of it and of the role', () => {
    const template = synthesize({ oneTimeSchedules: true });
    template.hasResourceProperties('AWS::Scheduler::ScheduleGroup', { Name: 'dev-tasks' });
    expect(ofEnqueue(template)).toMatchObject({
      SCHEDULE_GROUP: 'dev-tasks',
      SCHEDULE_ROLE_ARN: { 'Fn::GetAtt': [expect.stringContaining('SchedulerRole'), 'Arn'] },
    });
  });

  it('the role may send to the queues, and nothing else, for this account', () => {
    const template = synthesize({ oneTimeSchedules: true });
    const [policy] = propertiesOf(template, 'AWS::IAM::Policy').filter(({ PolicyName }) =>
      /OneTimeSchedules/.test(PolicyName),
    );
    const statements: Properties[] = policy?.['PolicyDocument'].Statement;
    expect(new Set(statements.map(({ Action }) => Action))).toEqual(new Set(['sqs:SendMessage']));
    const resources = JSON.stringify(statements.map(({ Resource }) => Resource));
    expect(resources).toMatch(/Queuedefault/);
    expect(resources).toMatch(/Queueline/);
    expect(resources).not.toMatch(/DeadLetter/);
  });

  it('the role is passed to Scheduler alone', () => {
    const template = synthesize({ oneTimeSchedules: true });
    const statements: Properties[] = propertiesOf(template, 'AWS::IAM::Policy').flatMap(
      (policy) => policy['PolicyDocument'].Statement,
    );
    const passing = statements.filter(({ Action }) => Action === 'iam:PassRole');
    expect(passing).toHaveLength(1);
    expect(passing[0]?.['Condition']).toEqual({
      StringEquals: { 'iam:PassedToService': 'scheduler.amazonaws.com' },
    });
  });

  it('is known to the local stack', () => {
    const template = synthesize({ oneTimeSchedules: true }).toJSON() as ReadTemplate;
    const description = describeTemplate(template);
    expect(description.scheduleGroups).toEqual(['dev-tasks']);
    const enqueue = description.functions.find(({ bundle }) => bundle === 'enqueue-task');
    expect(enqueue?.environment({ queueUrl: (name) => name })).toMatchObject({
      SCHEDULE_GROUP: 'dev-tasks',
      SCHEDULE_ROLE_ARN: expect.stringMatching(/^arn:aws:iam::000000000000:role\/\w+$/),
    });
  });
});
