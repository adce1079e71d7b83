import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it, test } from 'vitest';
import { TaskQueue, type TaskQueueProps } from '../../../infra/constructs/task-queue.ts';
import { createStack, propertiesOf } from '../synthesize.ts';

const create = (props: Partial<TaskQueueProps> = {}) => {
  const stack = createStack();
  new TaskQueue(stack, 'Queue', {
    stage: 'dev',
    name: 'default',
    visibilityTimeout: Duration.seconds(240),
    maxReceiveCount: 15,
    ...props,
  });
  return stack;
};
const DAY = 86_400;

describe('a queue and its dead-letter queue', () => {
  const template = Template.fromStack(create());
  const [queue] = propertiesOf(template, 'AWS::SQS::Queue', { QueueName: 'dev-default' });
  const [dlq] = propertiesOf(template, 'AWS::SQS::Queue', { QueueName: 'dev-default-dlq' });

  it('are named after the stage', () => {
    expect(queue?.['QueueName']).toBe('dev-default');
    expect(dlq?.['QueueName']).toBe('dev-default-dlq');
  });

  it('are encrypted', () => {
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true });
    expect(dlq).toMatchObject({ SqsManagedSseEnabled: true });
  });

  it('refuse requests without TLS', () => {
    const policies = propertiesOf(template, 'AWS::SQS::QueuePolicy');
    expect(policies.map((policy) => policy['PolicyDocument'].Statement)).toEqual(
      [1, 2].map(() => [
        expect.objectContaining({
          Action: 'sqs:*',
          Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          Effect: 'Deny',
        }),
      ]),
    );
  });

  it('are joined by the redrive policy', () => {
    const { deadLetterTargetArn, maxReceiveCount } = queue?.['RedrivePolicy'] ?? {};
    expect(maxReceiveCount).toBe(15);
    expect(JSON.stringify(deadLetterTargetArn)).toContain('DeadLetterQueue');
  });

  it('go together only with each other, by an ARN that is no reference', () => {
    const { redrivePermission, sourceQueueArns } = dlq?.['RedriveAllowPolicy'] ?? {};
    expect(redrivePermission).toBe('byQueue');
    expect(JSON.stringify(sourceQueueArns)).toContain(':dev-default"');
    expect(JSON.stringify(sourceQueueArns)).not.toContain('GetAtt');
  });

  it('keep a dead message for longer than a waiting one', () => {
    expect(queue?.['MessageRetentionPeriod']).toBe(4 * DAY);
    expect(dlq?.['MessageRetentionPeriod']).toBe(14 * DAY);
  });

  it('hide a message for the time that was given', () => {
    expect(queue?.['VisibilityTimeout']).toBe(240);
  });
});

test('a FIFO queue has a FIFO dead-letter queue and the throughput of its groups', () => {
  const queues = propertiesOf(Template.fromStack(create({ fifo: true })), 'AWS::SQS::Queue');
  expect(queues).toEqual(
    ['dev-default-dlq.fifo', 'dev-default.fifo'].map((QueueName) =>
      expect.objectContaining({
        QueueName,
        FifoQueue: true,
        DeduplicationScope: 'messageGroup',
        FifoThroughputLimit: 'perMessageGroupId',
      }),
    ),
  );
});

test('a queue that is retained outlives its stack, and so does its dead-letter queue', () => {
  const template = Template.fromStack(create({ removalPolicy: RemovalPolicy.RETAIN }));
  const queues = Object.values(template.findResources('AWS::SQS::Queue'));
  expect(queues.map((each) => each['DeletionPolicy'])).toEqual(['Retain', 'Retain']);
});

test.each<[string, Partial<TaskQueueProps>, string]>([
  [
    'a dead-letter queue that keeps messages no longer than the queue',
    { retention: Duration.days(14) },
    'deadLetterRetention (14 days) is not longer than retention (14 days)',
  ],
  ['more receives than SQS counts', { maxReceiveCount: 1001 }, 'maxReceiveCount is 1001'],
  ['half a receive', { maxReceiveCount: 15.5 }, 'maxReceiveCount is 15.5, and SQS takes whole'],
  ['a name that SQS does not take', { name: 'a b' }, 'use letters, digits, "-" and "_"'],
  ['a name that gets too long', { name: 'a'.repeat(68) }, 'at most 80'],
  [
    'a visibility timeout over 12 hours',
    { visibilityTimeout: Duration.hours(13) },
    'visibilityTimeout is over the 12 hours of SQS',
  ],
])('%s is refused', (_name, props, message) => {
  expect(() => create(props)).toThrow(message);
});
