import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it, test } from 'vitest';
import * as z from 'zod/mini';
import { TaskSchedule } from '../../../infra/constructs/task-schedule.ts';
import {
  decodeMessage,
  defineTask,
  type Task,
  type TaskScheduleEntry,
} from '../../../lib/index.ts';
import {
  createStack,
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from '../synthesize.ts';

const bundles = useFixtureBundles();
const due = { cron: '0 3 * * *', timezone: 'Europe/Berlin', payload: { id: 'é\uFFFE' } };

/** The schedules of the task, and the roles of all schedules. */
function create(scheduled: Task, fifo = false): { schedule: Properties; template: Template } {
  const made = taskQueues({
    bundles: bundles(),
    tasks: [scheduled],
    queues: { default: { fifo } },
  });
  const template = Template.fromStack(made.stack);
  const [schedule = {}] = propertiesOf(template, 'AWS::Scheduler::Schedule', {
    Description: `Enqueues ${scheduled.name}`,
  });
  return { schedule, template };
}

const refusal = (scheduled: Task) => () => taskQueues({ bundles: bundles(), tasks: [scheduled] });
/** `defineTask` would refuse some of these as a type. */
const scheduled = (...schedule: TaskScheduleEntry[]) => task({ schedule: schedule as never });

describe('on a standard queue', () => {
  it('sends straight to the queue, at the time that the task says', () => {
    const { schedule } = create(scheduled(due));
    expect(schedule).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'Europe/Berlin',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: { 'Fn::GetAtt': [expect.stringContaining('Queue'), 'Arn'] } },
    });
  });

  it('sends a message that the worker reads, with the id and the time of the run, and its schedule', () => {
    const { schedule } = create(scheduled(due));
    const sent = schedule['Target'].Input.replace('<aws.scheduler.execution-id>', 'd32c5').replace(
      '<aws.scheduler.scheduled-time>',
      '2026-03-22T18:59:43Z',
    );
    expect(decodeMessage(sent, 'fallback')).toEqual({
      v: 1,
      id: 'd32c5',
      task: 'a_task',
      payload: { id: 'é\uFFFE' },
      enqueuedAt: new Date('2026-03-22T18:59:43Z'),
      schedule: 'a_task-0',
    });
    expect(sent).not.toContain('\uFFFE');
  });

  it('may send to that queue, for this account, and nothing else', () => {
    const { template } = create(scheduled(due));
    const policies = propertiesOf(template, 'AWS::IAM::Policy').filter(({ PolicyName }) =>
      /Scheduleatask.*SchedulerRole/.test(PolicyName),
    );
    expect(policies.map((policy) => policy['PolicyDocument'].Statement)).toEqual([
      [
        {
          Effect: 'Allow',
          Action: 'sqs:SendMessage',
          Resource: { 'Fn::GetAtt': [expect.stringContaining('Queue'), 'Arn'] },
        },
      ],
    ]);
    const [role] = propertiesOf(template, 'AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [{ Principal: { Service: 'scheduler.amazonaws.com' } }],
      },
    });
    expect(role?.['AssumeRolePolicyDocument'].Statement[0].Condition).toEqual({
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
  });

  it('is one schedule an entry', () => {
    const { template } = create(scheduled(due, { rateMinutes: 5, payload: { id: 'b' } }));
    const schedules = propertiesOf(template, 'AWS::Scheduler::Schedule', {
      Description: 'Enqueues a_task',
    });
    expect(schedules.map((each) => each['ScheduleExpression'])).toEqual([
      'cron(0 3 * * ? *)',
      'rate(5 minutes)',
    ]);
  });
});

describe('on a FIFO queue', () => {
  const inputOf = (schedule: Properties): Properties => {
    const parts: unknown[] = schedule['Target'].Input['Fn::Join'][1];
    return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'the-url')).join(''));
  };

  it('calls SendMessage itself, so that a run that is sent twice is one message', () => {
    const { schedule } = create(scheduled(due), true);
    expect(JSON.stringify(schedule['Target'].Arn)).toContain(
      ':scheduler:::aws-sdk:sqs:sendMessage',
    );
    expect(inputOf(schedule)).toMatchObject({
      QueueUrl: 'the-url',
      MessageGroupId: 'a_task',
      MessageDeduplicationId: 'a_task-0-<aws.scheduler.scheduled-time>',
    });
    expect(decodeMessage(inputOf(schedule)['MessageBody'], '').payload).toEqual({ id: 'é\uFFFE' });
  });

  it('uses the group of the schedule', () => {
    const { schedule } = create(scheduled({ ...due, messageGroupId: 'reports' }), true);
    expect(inputOf(schedule)).toHaveProperty('MessageGroupId', 'reports');
  });
});

test('a run is tried again for an hour, and then left to the next one', () => {
  for (const fifo of [false, true]) {
    expect(create(scheduled(due), fifo).schedule['Target'].RetryPolicy).toEqual({
      MaximumRetryAttempts: 30,
      MaximumEventAgeInSeconds: 3600,
    });
  }
});

test("a queue of one's own with a customer key may be encrypted for by its schedule", () => {
  const stack = createStack();
  const encryptionMasterKey = new Key(stack, 'Key');
  const queue = {
    name: 'default',
    queue: new Queue(stack, 'Queue', { encryptionMasterKey }),
    visibilityTimeout: Duration.seconds(240),
    maxReceiveCount: 15,
  };
  new TaskSchedule(stack, 'Schedule', { task: scheduled(due), entry: due, name: 'a', queue });
  const [policy] = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
  expect(policy?.['PolicyDocument'].Statement).toContainEqual({
    Effect: 'Allow',
    Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
    Resource: { 'Fn::GetAtt': [expect.stringContaining('Key'), 'Arn'] },
  });
});

test('a schedule that says no time is refused', () => {
  expect(refusal(scheduled({ cron: '0 25 * * *', payload: { id: 'a' } }))).toThrow(
    'cron "0 25 * * *": the hour is "25"; use 0 to 23, or *.',
  );
  expect(refusal(scheduled({ rateMinutes: 0, payload: { id: 'a' } }))).toThrow(
    'Task "a_task": schedule[0]: rateMinutes is 0',
  );
});

test('a name that a worker would not read is refused', () => {
  const stack = createStack();
  const queue = {
    name: 'default',
    queue: new Queue(stack, 'Queue'),
    visibilityTimeout: Duration.seconds(240),
    maxReceiveCount: 15,
  };
  for (const [id, length] of Object.entries({ long: 101, empty: 0 })) {
    const props = { task: scheduled(due), entry: due, name: 'n'.repeat(length), queue };
    expect(() => new TaskSchedule(stack, id, props)).toThrow(
      `its name has ${length} characters. Give it 1 to 100.`,
    );
  }
});

test('a payload that does not fit the schema is refused', () => {
  expect(refusal(scheduled({ ...due, payload: { id: 3 } }))).toThrow(
    'Schedule "a_task-0" of task "a_task": its payload does not fit the task\'s schema: payload.id:',
  );
});

test('a payload is checked as JSON carries it', () => {
  const dated = defineTask({
    name: 'dated',
    payload: z.object({ at: z.string() }),
    schedule: [{ rateMinutes: 1, payload: { at: new Date(0) as never } }],
  });
  expect(refusal(dated as Task)).not.toThrow();
});

test('an asynchronous schema is refused', () => {
  const slow = defineTask({
    name: 'slow',
    payload: z.string().check(z.refine(async () => true)),
    schedule: [{ rateMinutes: 1, payload: 'a' }],
  });
  expect(refusal(slow as Task)).toThrow(
    'its schema is asynchronous, and a stack is put together without waiting. Use a schema without asynchronous checks.',
  );
});

test('a message over 200 KB is refused', () => {
  expect(refusal(scheduled({ ...due, payload: { id: 'a'.repeat(205_000) } }))).toThrow(
    /its message is \d+ bytes, over 200 KB. Pass a reference to the data instead/,
  );
});

test('a message over 256 KB as the input of a FIFO queue is refused: its quotes are escaped', () => {
  // 180 KB of quotes: two bytes each in the message, and four in the input.
  const quoted = scheduled({ ...due, payload: { id: '"'.repeat(90_000) } });
  expect(() => create(quoted)).not.toThrow();
  expect(() => create(quoted, true)).toThrow(
    /Schedule "a_task-0" of task "a_task": its message is 36\d{4} bytes as the input of a FIFO queue, where its quotation marks are escaped, and EventBridge Scheduler takes 256 KB./,
  );
});
