import { Duration } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import type { TaskQueueSettings } from '../../../infra/constructs/task-queues-props.ts';
import { TaskWorker } from '../../../infra/constructs/task-worker.ts';
import type { Task } from '../../../lib/index.ts';
import {
  createStack,
  type Properties,
  propertiesOf,
  task,
  taskQueues,
  useFixtureBundles,
} from '../synthesize.ts';

const bundles = useFixtureBundles();

const create = (settings: TaskQueueSettings = {}, tasks: Task[] = [task()]) =>
  taskQueues({ bundles: bundles(), tasks, queues: { default: settings } }).stack;
const mapping = (settings?: TaskQueueSettings) =>
  propertiesOf(Template.fromStack(create(settings)), 'AWS::Lambda::EventSourceMapping')[0];
const queue = (settings: TaskQueueSettings, tasks?: Task[]) =>
  propertiesOf(Template.fromStack(create(settings, tasks)), 'AWS::SQS::Queue', {
    RedrivePolicy: {},
  })[0];

describe('the event source mapping', () => {
  let template: Template;
  let usual: Properties | undefined;
  beforeAll(() => {
    template = Template.fromStack(create());
    usual = propertiesOf(template, 'AWS::Lambda::EventSourceMapping')[0];
  });

  it('reports failed messages alone', () => {
    expect(usual?.['FunctionResponseTypes']).toEqual(['ReportBatchItemFailures']);
  });

  it('counts its events', () => {
    expect(usual?.['MetricsConfig']).toEqual({ Metrics: ['EventCount'] });
  });

  it('takes 10 messages at a time, and 10 batches', () => {
    expect(usual).toMatchObject({
      BatchSize: 10,
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  it('takes one message of a FIFO queue at a time', () => {
    expect(mapping({ fifo: true })?.['BatchSize']).toBe(1);
  });

  it('has the window that was given', () => {
    const maxBatchingWindow = Duration.seconds(5);
    expect(mapping({ batchSize: 100, maxBatchingWindow })).toMatchObject({
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
    });
  });

  it('is made once its function may read the queue', () => {
    const [made] = Object.values(template.findResources('AWS::Lambda::EventSourceMapping'));
    const policies = Object.keys(template.findResources('AWS::IAM::Policy'));
    const own = policies.filter((id) => id.includes('Worker'));
    expect(made?.['DependsOn']).toEqual(expect.arrayContaining(own));
    expect(own).toHaveLength(1);
  });
});

describe('the defaults of the queue', () => {
  it('hide a message for 6 × the timeout + the window', () => {
    const settings = { timeout: Duration.seconds(60), maxBatchingWindow: Duration.seconds(5) };
    expect(queue(settings)?.['VisibilityTimeout']).toBe(365);
  });

  it('leave 10 receives over the highest maxAttempts', () => {
    const tasks = [
      task({ retry: { maxAttempts: 3 } }),
      task({ name: 'b', retry: { maxAttempts: 7 } }),
    ];
    expect(queue({}, tasks)?.['RedrivePolicy'].maxReceiveCount).toBe(17);
  });

  it('leave 10 receives over maxAttempts × batch size on a FIFO queue', () => {
    const redrive = queue({ fifo: true, batchSize: 4 })?.['RedrivePolicy'];
    expect(redrive.maxReceiveCount).toBe(5 * 4 + 10);
    // One message at a time is what a FIFO queue has by default.
    expect(queue({ fifo: true })?.['RedrivePolicy'].maxReceiveCount).toBe(5 * 1 + 10);
  });
});

test('the visibility timeout has to be 6 × the function timeout + the window', () => {
  const settings = {
    timeout: Duration.seconds(60),
    maxBatchingWindow: Duration.seconds(5),
    visibilityTimeout: Duration.seconds(364),
  };
  expect(() => create(settings)).toThrow(
    'Worker of queue "default": visibilityTimeout is 364 s, less than 6 × the function\'s timeout (60 s) + the batching window (5 s): messages would be delivered again while they are worked on. Set visibilityTimeout to 365 s or more.',
  );
  expect(() => create({ ...settings, visibilityTimeout: Duration.seconds(365) })).not.toThrow();
});

test('maxReceiveCount has to be the highest maxAttempts + 5', () => {
  const tasks = [task({ retry: { maxAttempts: 8 } }), task({ name: 'b' })];
  expect(() => create({ maxReceiveCount: 12 }, tasks)).toThrow(
    'maxReceiveCount is 12: SQS would move messages away before their attempts are used up. Set maxReceiveCount to 13 or more',
  );
  expect(() => create({ maxReceiveCount: 13 }, tasks)).not.toThrow();
});

test('maxReceiveCount of a FIFO queue has to be maxAttempts × batch size + 5', () => {
  const fifo = { fifo: true, batchSize: 3 };
  expect(() => create({ ...fifo, maxReceiveCount: 19 })).toThrow(
    'Set maxReceiveCount to 20 or more (maxAttempts × batch size + 5)',
  );
  expect(() => create({ ...fifo, maxReceiveCount: 20 })).not.toThrow();
});

test('the timeout of a task has to be below the timeout of its function', () => {
  const tasks = [task({ timeoutSeconds: 40 })];
  expect(() => create({}, tasks)).toThrow(
    'task "a_task" may take 40 s and the function 40 s: Lambda would end it before its signal does. Set timeout above 40 s',
  );
  expect(() => create({ timeout: Duration.seconds(41) }, tasks)).not.toThrow();
});

test.each([1, 1001, 2.5])('a maximum concurrency of %d is refused', (maxConcurrency) => {
  expect(() => create({ maxConcurrency })).toThrow(
    `maxConcurrency is ${maxConcurrency}; AWS takes 2 to 1,000.`,
  );
});

test('the reserved concurrency has to be twice the maximum concurrency', () => {
  const settings = { maxConcurrency: 20, reservedConcurrentExecutions: 39 };
  expect(() => create(settings)).toThrow(
    'reservedConcurrentExecutions is 39 with a maxConcurrency of 20',
  );
  expect(() => create(settings)).toThrow('Set reservedConcurrentExecutions to 40 or more');
  expect(() => create({ ...settings, reservedConcurrentExecutions: 40 })).not.toThrow();
});

test('a FIFO queue takes no batching window', () => {
  const settings = { fifo: true, maxBatchingWindow: Duration.seconds(1) };
  expect(() => create(settings)).toThrow(
    'maxBatchingWindow is 1 s, and AWS has no batching window for FIFO queues. Leave it out.',
  );
});

test.each([
  [{ batchSize: 11 }, 'batchSize is 11; AWS takes 1 to 10 here. Over 10, set maxBatchingWindow'],
  [{ fifo: true, batchSize: 11 }, 'batchSize is 11; AWS takes 1 to 10 here. Set it within them.'],
  [{ batchSize: 0 }, 'batchSize is 0'],
  [{ maxBatchingWindow: Duration.seconds(301) }, 'maxBatchingWindow is 301 s; AWS takes 0 to 300.'],
])('%j is refused', (settings, message) => {
  expect(() => create(settings)).toThrow(message);
});

test('a queue without a dead-letter queue is refused', () => {
  const stack = createStack();
  const own = {
    name: 'default',
    queue: new Queue(stack, 'Queue'),
    visibilityTimeout: Duration.seconds(240),
    maxReceiveCount: 15,
  };
  const props = { stage: 'dev', bundles: bundles(), tasks: [], queue: own };
  expect(() => new TaskWorker(stack, 'Worker', props)).toThrow(
    'Worker of queue "default": the queue has no dead-letter queue, and dead messages would be lost. Give it one.',
  );
});

test('retry delays over 900 s are a warning that says why', () => {
  const warn = (maxDelaySeconds: number) =>
    Annotations.fromStack(create({}, [task({ retry: { maxDelaySeconds } })])).findWarning(
      '*',
      Match.stringLikeRegexp('Task "a_task" may wait'),
    );
  expect(warn(900)).toEqual([]);
  expect(warn(901)[0]?.entry.data).toContain(
    'A message that waits is in flight, and a queue has at most 120,000 of those: 133 failures a second would stop the queue. Set retry.maxDelaySeconds to 900 or less.',
  );
});

describe('what the worker is told', () => {
  const queuesOf = (settings: TaskQueueSettings, tasks?: Task[]) => {
    const made = taskQueues({
      bundles: bundles(),
      tasks: tasks ?? [task()],
      queues: { default: settings, low: {}, high: {} },
    });
    const [properties] = propertiesOf(Template.fromStack(made.stack), 'AWS::Lambda::Function', {
      FunctionName: 'dev-process-default',
    });
    return readQueues(properties?.['Environment'].Variables.QUEUES);
  };

  it('is its own queue, with the dead-letter queue', () => {
    expect(queuesOf({})).toEqual({
      default: { url: expect.any(String), dlqUrl: expect.any(String) },
    });
  });

  it('is the batch size of a FIFO queue over 1', () => {
    expect(queuesOf({ fifo: true })['default']).not.toHaveProperty('batchSize');
    expect(queuesOf({ fifo: true, batchSize: 5 })['default']).toHaveProperty('batchSize', 5);
  });

  it('is the queues of the tasks that its tasks enqueue', () => {
    const tasks = [task({ enqueues: ['b'] }), task({ name: 'b', queue: 'low' })];
    expect(queuesOf({}, tasks)).toEqual({
      default: { url: expect.any(String), dlqUrl: expect.any(String) },
      low: { url: expect.any(String) },
    });
  });

  it('is nothing of a task that is none', () => {
    expect(() => queuesOf({}, [task({ enqueues: ['nobody'] })])).toThrow(
      'Task "a_task" enqueues "nobody", and no task has that name.',
    );
  });
});

test("a queue of one's own with a customer key may be decrypted by its worker", () => {
  const stack = createStack();
  const encryptionMasterKey = new Key(stack, 'Key');
  const own = {
    name: 'default',
    queue: new Queue(stack, 'Queue', { encryptionMasterKey }),
    deadLetterQueue: new Queue(stack, 'Dlq'),
    visibilityTimeout: Duration.seconds(240),
    maxReceiveCount: 15,
  };
  new TaskWorker(stack, 'Worker', { stage: 'dev', bundles: bundles(), tasks: [], queue: own });
  const [policy] = propertiesOf(Template.fromStack(stack), 'AWS::IAM::Policy');
  expect(policy?.['PolicyDocument'].Statement).toContainEqual(
    expect.objectContaining({ Action: 'kms:Decrypt' }),
  );
});

/** `QUEUES` as the function would read it, with the references in place of what they become. */
function readQueues(value: { 'Fn::Join': [string, unknown[]] }): Record<string, object> {
  const parts = value['Fn::Join'][1];
  return JSON.parse(parts.map((part) => (typeof part === 'string' ? part : 'reference')).join(''));
}
