import { Duration } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { TaskQueuesProps } from '../../../infra/constructs/task-queues-props.ts';
import { type Properties, propertiesOf, taskQueues, useFixtureBundles } from '../synthesize.ts';

const bundles = useFixtureBundles();

const templateOf = (props: Partial<TaskQueuesProps> = {}) =>
  Template.fromStack(taskQueues({ bundles: bundles(), ...props }).stack);
const depthFunction = (template: Template): Properties =>
  propertiesOf(template, 'AWS::Lambda::Function', { FunctionName: 'dev-sample-queue-depth' })[0] ??
  {};

describe('the depth function', () => {
  let template: Template;
  beforeAll(() => {
    template = templateOf();
  });

  it('is invoked once a minute, with the time that the run is for', () => {
    const [schedule] = propertiesOf(template, 'AWS::Scheduler::Schedule');
    expect(schedule).toMatchObject({
      ScheduleExpression: 'rate(1 minute)',
      Target: { Input: '{"time":"<aws.scheduler.scheduled-time>"}' },
    });
  });

  it('is not invoked again: the next minute is its own', () => {
    const [schedule] = propertiesOf(template, 'AWS::Scheduler::Schedule');
    expect(schedule?.['Target'].RetryPolicy).toEqual({
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 60,
    });
    const [invoke] = propertiesOf(template, 'AWS::Lambda::EventInvokeConfig');
    expect(invoke).toMatchObject({ MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 });
  });

  it('has the memory that it is given, for hundreds of queues', () => {
    expect(depthFunction(template)['MemorySize']).toBe(256);
    const larger = templateOf({ queueDepth: { memorySize: 1_769 } });
    expect(depthFunction(larger)['MemorySize']).toBe(1_769);
  });

  it('knows each queue, its dead-letter queue, its worker and their mapping', () => {
    const parts: unknown[] = depthFunction(template)['Environment'].Variables.QUEUES['Fn::Join'][1];
    const value = parts.map((part) => (typeof part === 'string' ? part : 'reference')).join('');
    expect(JSON.parse(value)).toEqual({
      default: {
        url: 'reference',
        dlqUrl: 'reference',
        worker: 'dev-process-default',
        mapping: 'reference',
      },
    });
  });

  it('may take the minute that it samples, and has time to send it', () => {
    expect(depthFunction(template)['Timeout']).toBe(90);
  });

  it('samples once a minute, and reads CloudWatch every five', () => {
    expect(depthFunction(template)['Environment'].Variables).toMatchObject({
      RESOLUTION_SECONDS: '60',
      CLOUDWATCH_INTERVAL_SECONDS: '300',
    });
  });

  it('calls no heartbeat unless there is one', () => {
    const { Variables } = depthFunction(template)['Environment'];
    expect(Variables).not.toHaveProperty('HEARTBEAT_URL_PARAMETER');
    const heartbeatUrlParameter = '/leadline/dev/heartbeat';
    const withOne = depthFunction(templateOf({ oneuptime: { heartbeatUrlParameter } }));
    expect(withOne['Environment'].Variables).toMatchObject({
      HEARTBEAT_URL_PARAMETER: heartbeatUrlParameter,
    });
  });
});

test('more queues than QUEUES holds are refused, with what to set', () => {
  const queues = Object.fromEntries(
    Array.from({ length: 14 }, (_, index) => [`queue-${index}`, {}]),
  );
  expect(() => taskQueues({ bundles: bundles(), tasks: [], queues })).toThrow(
    /QUEUES of dev-(health|sample-queue-depth) would be \d{4} bytes with 14 queues, and 3 KB is what Lambda's limit of 4 KB for all variables leaves. Set discoverQueues: true/,
  );
  const found = depthFunction(templateOf({ tasks: [], queues, discoverQueues: true }));
  expect(found['Environment'].Variables.QUEUE_NAME_PREFIX).toBe('dev-');
  expect(found['Environment'].Variables).not.toHaveProperty('QUEUES');
});

test.each([45, 90, 7])('a resolution of %d s is refused: it is no part of a minute', (seconds) => {
  expect(() =>
    taskQueues({ bundles: bundles(), queueDepth: { resolution: Duration.seconds(seconds) } }),
  ).toThrow(
    `resolution is ${seconds} s; the function runs once a minute, so set a part of it: 60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2 or 1 s.`,
  );
});

test.each([59, 86_401])('a CloudWatch interval of %d s is refused', (seconds) => {
  const queueDepth = { cloudwatchInterval: Duration.seconds(seconds) };
  expect(() => taskQueues({ bundles: bundles(), queueDepth })).toThrow(
    `cloudwatchInterval is ${seconds} s; set it to a whole number from 60 to 86,400 s.`,
  );
});
