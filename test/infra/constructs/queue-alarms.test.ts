import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { TaskQueuesProps } from '../../../infra/constructs/task-queues-props.ts';
import { type Properties, propertiesOf, taskQueues, useFixtureBundles } from '../synthesize.ts';

const bundles = useFixtureBundles();
const templateOf = (props: Partial<TaskQueuesProps> = {}) =>
  Template.fromStack(taskQueues({ bundles: bundles(), ...props }).stack);
const alarmsOf = (template: Template): Map<string, Properties> =>
  new Map(
    propertiesOf(template, 'AWS::CloudWatch::Alarm').map((alarm) => [alarm['AlarmName'], alarm]),
  );

describe('by default', () => {
  let template: Template;
  let alarms: Map<string, Properties>;
  beforeAll(() => {
    template = templateOf();
    alarms = alarmsOf(template);
  });

  it.each([
    ['depth', 'ApproximateNumberOfMessagesVisible', 1000, 5],
    ['oldest-message', 'ApproximateAgeOfOldestMessage', 300, 5],
    ['in-flight', 'ApproximateNumberOfMessagesNotVisible', 90_000, 1],
    ['dead-letters', 'ApproximateNumberOfMessagesVisible', 0, 1],
    ['worker-errors', 'Errors', 0, 3],
    ['worker-throttles', 'Throttles', 0, 5],
  ])('%s goes off by %s over %d for %d min', (name, MetricName, Threshold, EvaluationPeriods) => {
    expect(alarms.get(`dev-default-${name}`)).toMatchObject({
      MetricName,
      Threshold,
      EvaluationPeriods,
      Period: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it('dead letters are those of the dead-letter queue', () => {
    const { Dimensions } = alarms.get('dev-default-dead-letters') ?? {};
    expect(JSON.stringify(Dimensions)).toContain('DeadLetterQueue');
  });

  it('a depth function that does not complete goes off, also when it is never invoked', () => {
    expect(alarms.get('dev-queue-depth-silent')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('each goes to the topic', () => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const targets = [...alarms.values()].map((alarm) => alarm['AlarmActions']);
    expect(targets).toEqual(targets.map(() => [{ Ref: topic }]));
    expect(targets).toHaveLength(7);
  });

  it('CloudWatch may publish to the topic, over TLS, for this account', () => {
    const [policy] = propertiesOf(template, 'AWS::SNS::TopicPolicy');
    expect(policy?.['PolicyDocument'].Statement).toEqual([
      expect.objectContaining({
        Effect: 'Deny',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      }),
      expect.objectContaining({
        Effect: 'Allow',
        Action: 'sns:Publish',
        Principal: { Service: 'cloudwatch.amazonaws.com' },
        Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
      }),
    ]);
  });
});

test('thresholds are of each queue', () => {
  const thresholds = { depth: 5, oldestMessageAge: Duration.hours(1), inFlight: 6, deadLetters: 7 };
  const alarms = alarmsOf(templateOf({ queues: { default: { thresholds }, low: {} } }));
  const thresholdsOf = (queue: string) =>
    ['depth', 'oldest-message', 'in-flight', 'dead-letters'].map(
      (name) => alarms.get(`dev-${queue}-${name}`)?.['Threshold'],
    );
  expect(thresholdsOf('default')).toEqual([5, 3600, 6, 7]);
  expect(thresholdsOf('low')).toEqual([1000, 300, 90_000, 0]);
});

test.each([
  ['depth', 0.5, 'set it to a whole number of 0 or more.'],
  ['deadLetters', -1, 'set it to a whole number of 0 or more.'],
  ['inFlight', 120_000, 'set it to a whole number from 0 to 119,999.'],
])('a threshold that nothing can be above is refused: %s %d', (name, value, message) => {
  const thresholds = { [name]: value };
  expect(() => templateOf({ queues: { default: { thresholds } } })).toThrow(
    `${name} of the alarms of queue "default" is ${value}; ${message}`,
  );
});

test('an address is subscribed', () => {
  const template = templateOf({ alarms: { email: 'ops@example.com' } });
  expect(propertiesOf(template, 'AWS::SNS::Subscription')).toEqual([
    expect.objectContaining({ Protocol: 'email', Endpoint: 'ops@example.com' }),
  ]);
});

test("a topic of one's own gets the alarms", () => {
  const { stack } = taskQueues({ bundles: bundles(), alarms: false });
  const arn = 'arn:aws:sns:eu-west-1:123456789012:ops';
  const template = templateOf({ alarms: { topic: Topic.fromTopicArn(stack, 'Ops', arn) } });
  expect(propertiesOf(template, 'AWS::SNS::Topic')).toEqual([]);
  expect(alarmsOf(template).get('dev-default-depth')?.['AlarmActions']).toEqual([arn]);
});

test('alarms: false makes none', () => {
  expect(alarmsOf(templateOf({ alarms: false })).size).toBe(0);
});
