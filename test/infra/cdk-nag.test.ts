import { App, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { describe, expect, it, test } from 'vitest';
import { TaskQueues } from '../../infra/constructs/task-queues.ts';
import type { TaskQueuesProps } from '../../infra/constructs/task-queues-props.ts';
import { task, useFixtureBundles } from './synthesize.ts';

const bundles = useFixtureBundles();
const tasks = [task({ http: true, schedule: [{ rateMinutes: 1, payload: { id: 'x' } }] })];
const PLACE = { account: '123456789012', region: 'eu-west-1' };

/** An app that cdk-nag looks at when it is synthesized; the tests of the stages do it for ours. */
function create(props: Partial<TaskQueuesProps> = {}, env = {}): { app: App; all: TaskQueues } {
  const app = new App({ builtinCloudFormationValidation: false });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, 'stack', { env });
  return { app, all: new TaskQueues(stack, 'Tasks', { bundles: bundles(), tasks, ...props }) };
}

describe('cdk-nag has nothing to say about', () => {
  it.each<[string, Partial<TaskQueuesProps>]>([
    ['the defaults', {}],
    ['queues that are found by their prefix', { discoverQueues: true }],
    ['one-time schedules', { oneTimeSchedules: true }],
    ['task state', { taskState: true }],
    ['task state in prod', { taskState: true, stage: 'prod' }],
    ['FIFO queues', { queues: { default: { fifo: true } } }],
    ["an API whose auth: 'none' was written out", { api: { auth: 'none' } }],
    ['a JWT', { api: { auth: { issuer: 'https://example.com', audience: ['a'] } } }],
  ])('%s', (_name, props) => {
    expect(() => create(props).app.synth()).not.toThrow();
    expect(() => create(props, PLACE).app.synth()).not.toThrow();
  });
});

it('fails the synthesis for a right that nobody acknowledged', () => {
  const { app, all } = create();
  all.workers['default']?.function.allow(['s3:GetObject'], ['*']);
  expect(() => app.synth()).toThrow('AwsSolutions-IAM5[Resource::*]');
});

test('every acknowledgement has its reason', () => {
  const { app } = create({
    discoverQueues: true,
    oneTimeSchedules: true,
    api: { auth: 'none' },
  });
  const acknowledged = app.node
    .findAll()
    .flatMap((construct) => construct.node.metadata)
    .filter(({ type }) => type === Validations.ACKNOWLEDGED_RULES_METADATA_KEY)
    .flatMap(({ data }) => Object.entries<string>(data));
  expect(acknowledged.length).toBeGreaterThan(5);
  for (const [rule, reason] of acknowledged) {
    expect(JSON.stringify(reason).length, rule).toBeGreaterThan(30);
  }
});
