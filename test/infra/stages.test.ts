import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Validations } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { CloudAssembly } from 'aws-cdk-lib/cx-api';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { tasks } from '../../functions/tasks/index.ts';
import { describeStage, type StageConfig } from '../../infra/config.ts';
import { TaskQueueStack } from '../../infra/task-queue-stack.ts';
import { repository } from '../support/repository.ts';
import { assetFiles } from './asset-files.ts';
import { type Properties, propertiesOf } from './synthesize.ts';

const FUNCTIONS = ['enqueue-task', 'health', 'process-tasks', 'sample-queue-depth'];
/** CDK loads its rules of CloudFormation, which takes seconds on a machine that does much else. */
const SLOW = 120_000;

let bundles: string;
let context: Record<string, unknown>;

beforeAll(async () => {
  bundles = await mkdtemp(join(tmpdir(), 'leadline-stages-'));
  await buildFunctions({ projectDirectory: repository, outputDirectory: bundles });
  ({ context } = JSON.parse(await readFile(join(repository, 'cdk.json'), 'utf8')));
}, SLOW);
afterAll(() => rm(bundles, { recursive: true, force: true }));

/** What `cdk synth` makes, with CDK's own rules and cdk-nag's: a finding is an error here. */
function synthesize(config: StageConfig): CloudAssembly {
  const app = new App({ builtinCloudFormationValidation: true, context });
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  new TaskQueueStack(app, 'stack', { config, bundles });
  return app.synth();
}

describe.each(['dev', 'prod'])('the stage %s', (stage) => {
  let assembly: CloudAssembly;
  let template: Template;

  beforeAll(() => {
    assembly = synthesize(describeStage(stage));
    template = Template.fromJSON(assembly.getStackByName('stack').template);
  }, SLOW);

  it('passes the rules of CloudFormation and of cdk-nag', () => {
    expect(() => synthesize(describeStage(stage))).not.toThrow();
  });

  it('is one stack', () => {
    expect(assembly.stacks.map((each) => each.stackName)).toEqual(['stack']);
    expect(assembly.nestedAssemblies).toEqual([]);
    expect(propertiesOf(template, 'AWS::CloudFormation::Stack')).toEqual([]);
  });

  it('has exactly the bundles that were built as the code of its functions', async () => {
    const deployed = assetFiles(assembly).map((files) => [...files.keys()].toSorted());
    const built = await Promise.all(
      FUNCTIONS.map(async (name) => (await readdir(join(bundles, name))).toSorted()),
    );
    expect(deployed.map(String).toSorted()).toEqual(built.map(String).toSorted());
    for (const files of assetFiles(assembly)) {
      const index = files.get('index.mjs');
      const originals = FUNCTIONS.map((name) => readFile(join(bundles, name, 'index.mjs')));
      expect((await Promise.all(originals)).some((each) => index?.equals(each))).toBe(true);
    }
  });

  it('has the queues of its configuration, named after it', () => {
    const names = propertiesOf(template, 'AWS::SQS::Queue').map((queue) => queue['QueueName']);
    const expected = Object.keys(describeStage(stage).queues).flatMap((name) => [
      `${stage}-${name}`,
      `${stage}-${name}-dlq`,
    ]);
    expect(names.toSorted()).toEqual(expected.toSorted());
  });

  it('sets no variable that the functions do not read', async () => {
    const architecture = await readFile(join(repository, 'docs/architecture.md'), 'utf8');
    const functions = propertiesOf(template, 'AWS::Lambda::Function');
    const variables = functions.flatMap((each) => Object.keys(each['Environment'].Variables));
    expect(variables).not.toEqual([]);
    for (const variable of variables) expect(architecture).toContain(`\`${variable}\``);
  });

  it('keeps its queues as its configuration says, once they are made', () => {
    const queues = Object.values(template.findResources('AWS::SQS::Queue'));
    const policy = describeStage(stage).retainQueues ? 'RetainExceptOnCreate' : 'Delete';
    expect(new Set(queues.map((queue) => queue['DeletionPolicy']))).toEqual(new Set([policy]));
  });

  it('has a schedule for each that a task names, beside the one of the depth function', () => {
    const count = tasks.reduce((sum, task) => sum + task.schedule.length, 0);
    expect(propertiesOf(template, 'AWS::Scheduler::Schedule')).toHaveLength(count + 1);
  });
});

test(
  'every setting of the configuration reaches the stack',
  () => {
    const config = describeStage('dev');
    const { default: queue } = config.queues;
    if (queue === undefined) throw new Error('There is no queue "default".');
    Object.assign(queue.worker, {
      memoryMb: 1024,
      functionTimeoutSeconds: 60,
      batchSize: 20,
      batchingWindowSeconds: 3,
      maximumConcurrency: 33,
    });
    Object.assign(queue.thresholds, { depth: 11, oldestMessageAgeSeconds: 12, inFlight: 13 });
    Object.assign(config, {
      serviceName: 'shop',
      metricPrefix: 'celery.',
      logRetentionDays: 7,
      taskState: true,
      queueDepth: { resolutionSeconds: 10, cloudwatchIntervalSeconds: 600 },
      api: { auth: 'none', throttling: { requestsPerSecond: 7, burst: 8 } },
      alarms: { email: 'ops@example.com' },
    });
    config.oneuptime.heartbeatUrlParameter = '/leadline/dev/heartbeat-url';
    const template = Template.fromJSON(synthesize(config).getStackByName('stack').template);
    const functions = new Map(
      propertiesOf(template, 'AWS::Lambda::Function').map((each) => [each['FunctionName'], each]),
    );
    expect(functions.get('dev-process-default')).toMatchObject({ MemorySize: 1024, Timeout: 60 });
    expect(variablesOf(functions.get('dev-sample-queue-depth'))).toMatchObject({
      OTEL_SERVICE_NAME: 'shop',
      METRIC_PREFIX: 'celery.',
      RESOLUTION_SECONDS: '10',
      CLOUDWATCH_INTERVAL_SECONDS: '600',
      HEARTBEAT_URL_PARAMETER: '/leadline/dev/heartbeat-url',
    });
    expect(propertiesOf(template, 'AWS::Lambda::EventSourceMapping', { BatchSize: 20 })).toEqual([
      expect.objectContaining({
        MaximumBatchingWindowInSeconds: 3,
        ScalingConfig: { MaximumConcurrency: 33 },
      }),
    ]);
    const thresholds = propertiesOf(template, 'AWS::CloudWatch::Alarm')
      .filter(({ AlarmName }) => AlarmName.startsWith('dev-default-'))
      .map(({ Threshold }) => Threshold);
    expect(thresholds).toEqual(expect.arrayContaining([11, 12, 13]));
    const [stage] = propertiesOf(template, 'AWS::ApiGatewayV2::Stage');
    expect(stage?.['DefaultRouteSettings']).toEqual({
      ThrottlingRateLimit: 7,
      ThrottlingBurstLimit: 8,
    });
    const [subscription] = propertiesOf(template, 'AWS::SNS::Subscription');
    expect(subscription?.['Endpoint']).toBe('ops@example.com');
    const [table] = propertiesOf(template, 'AWS::DynamoDB::Table');
    expect(table?.['TableName']).toBe('dev-task-state');
    const groups = propertiesOf(template, 'AWS::Logs::LogGroup');
    expect(new Set(groups.map((group) => group['RetentionInDays']))).toEqual(new Set([7]));
  },
  SLOW,
);

function variablesOf(made: Properties | undefined): Properties {
  return made?.['Environment'].Variables;
}
