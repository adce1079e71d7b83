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
    ['depth', 'Maximum', 'ApproximateNumberOfMessagesVisible', 1000, 5],
    ['oldest-message', 'Maximum', 'ApproximateAgeOfOldestMessage', 300, 5],
    ['in-flight', 'Maximum', 'ApproximateNumberOfMessagesNotVisible', 90_000, 1],
    ['dead-letters', 'Maximum', 'ApproximateNumberOfMessagesVisible', 0, 1],
    ['worker-errors', 'Sum', 'Errors', 0, 3],
    ['worker-throttles', 'Sum', 'Throttles', 0, 5],
  ])('%s goes off by the %s of %s over %d for %d min', (...row) => {
    const [name, Statistic, MetricName, Threshold, EvaluationPeriods] = row;
    expect(alarms.get(`dev-default-${name}`)).toMatchObject({
      MetricName,
      Statistic,
      Threshold,
      EvaluationPeriods,
      Period: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
  });

  it.each([
    ['depth', 'AWS::SQS::Queue', 'dev-default'],
    ['oldest-message', 'AWS::SQS::Queue', 'dev-default'],
    ['in-flight', 'AWS::SQS::Queue', 'dev-default'],
    ['dead-letters', 'AWS::SQS::Queue', 'dev-default-dlq'],
    ['worker-errors', 'AWS::Lambda::Function', 'dev-process-default'],
    ['worker-throttles', 'AWS::Lambda::Function', 'dev-process-default'],
  ])('%s is a figure of the %s %s', (alarm, type, name) => {
    const [dimension] = alarms.get(`dev-default-${alarm}`)?.['Dimensions'] ?? [];
    const id = dimension.Value['Fn::GetAtt']?.[0] ?? dimension.Value.Ref;
    const { QueueName, FunctionName } = template.findResources(type)[id]?.['Properties'] ?? {};
    expect(QueueName ?? FunctionName).toBe(name);
  });

  it('a depth function that does not complete goes off, also when it is never invoked', () => {
    expect(alarms.get('dev-queue-depth-silent')).toMatchObject({
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      TreatMissingData: 'breaching',
    });
  });

  it('completed is what was invoked and did not fail, in 5 minutes', () => {
    const metrics: Properties[] = alarms.get('dev-queue-depth-silent')?.['Metrics'];
    const [completed, ...others] = metrics;
    expect(completed).toMatchObject({
      Expression: 'FILL(invocations, 0) - FILL(errors, 0)',
    });
    expect(completed).not.toHaveProperty('ReturnData', false);
    const [id = ''] = Object.keys(
      template.findResources('AWS::Lambda::Function', {
        Properties: { FunctionName: 'dev-sample-queue-depth' },
      }),
    );
    expect(others).toEqual(
      [
        ['invocations', 'Invocations'],
        ['errors', 'Errors'],
      ].map(([Id, MetricName]) => ({
        Id,
        MetricStat: {
          Metric: {
            Namespace: 'AWS/Lambda',
            MetricName,
            Dimensions: [{ Name: 'FunctionName', Value: { Ref: id } }],
          },
          Period: 300,
          Stat: 'Sum',
        },
        ReturnData: false,
      })),
    );
  });

  it('each goes to the topic, and so does its end', () => {
    const [topic] = Object.keys(template.findResources('AWS::SNS::Topic'));
    const targets = [...alarms.values()].map((alarm) => alarm['AlarmActions']);
    expect(targets).toEqual(targets.map(() => [{ Ref: topic }]));
    expect(targets).toHaveLength(7);
    expect([...alarms.values()].map((alarm) => alarm['OKActions'])).toEqual(targets);
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
