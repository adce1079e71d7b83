import { Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { tasks } from '../functions/tasks/index.ts';
import type { QueueConfig, StageConfig } from './config.ts';
import { TaskQueues } from './constructs/task-queues.ts';
import type { TaskQueueSettings } from './constructs/task-queues-props.ts';

export interface TaskQueueStackProps extends StackProps {
  readonly config: StageConfig;
  /** The folder of the bundles. @default 'dist/functions' */
  readonly bundles?: string;
}

/** One stage of this repository: its tasks, with the settings of `infra/config.ts`. */
export class TaskQueueStack extends Stack {
  readonly taskQueues: TaskQueues;

  constructor(scope: Construct, id: string, props: TaskQueueStackProps) {
    super(scope, id, props);
    const { config, bundles } = props;
    const { stage, serviceName, metricPrefix, logRetentionDays, oneuptime, api } = config;
    this.taskQueues = new TaskQueues(this, 'Tasks', {
      tasks,
      stage,
      serviceName,
      metricPrefix,
      logRetention: logRetentionDays,
      taskState: config.taskState,
      removalPolicy: config.retainQueues
        ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        : RemovalPolicy.DESTROY,
      queues: Object.fromEntries(
        Object.entries(config.queues).map(([name, queue]) => [name, queueSettings(queue)]),
      ),
      oneTimeSchedules: config.oneTimeSchedules,
      oneuptime,
      api: {
        auth: api.auth,
        rateLimit: api.throttling.requestsPerSecond,
        burstLimit: api.throttling.burst,
      },
      queueDepth: {
        resolution: Duration.seconds(config.queueDepth.resolutionSeconds),
        cloudwatchInterval: Duration.seconds(config.queueDepth.cloudwatchIntervalSeconds),
      },
      alarms: { ...this.alarmTarget(config) },
      ...(bundles !== undefined && { bundles }),
    });
  }

  private alarmTarget({ alarms }: StageConfig): { topic?: ITopic; email?: string } {
    const { email, topicArn } = alarms;
    return {
      ...(email !== undefined && { email }),
      ...(topicArn !== undefined && { topic: Topic.fromTopicArn(this, 'AlarmTopic', topicArn) }),
    };
  }
}

function queueSettings({ fifo, worker, thresholds }: QueueConfig): TaskQueueSettings {
  return {
    fifo,
    timeout: Duration.seconds(worker.functionTimeoutSeconds),
    memorySize: worker.memoryMb,
    batchSize: worker.batchSize,
    maxBatchingWindow: Duration.seconds(worker.batchingWindowSeconds),
    maxConcurrency: worker.maximumConcurrency,
    thresholds: {
      depth: thresholds.depth,
      oldestMessageAge: Duration.seconds(thresholds.oldestMessageAgeSeconds),
      inFlight: thresholds.inFlight,
      deadLetters: thresholds.deadLetters,
    },
  };
}
