import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { CorsPreflightOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { createTaskRegistry, type Task } from '../../lib/index.ts';
import { leastVisibilityTimeout, usualMaxReceiveCount } from './check-worker.ts';
import { QueueAlarms, type QueueAlarmThresholds } from './queue-alarms.ts';
import { QueueDepthSchedule } from './queue-depth-schedule.ts';
import { TaskApi, type TaskApiAuth } from './task-api.ts';
import { TaskDashboard } from './task-dashboard.ts';
import type { TaskFunctionOptions } from './task-function.ts';
import { TaskQueue } from './task-queue.ts';
import { TaskSchedule } from './task-schedule.ts';
import { TaskWorker, type TaskWorkerProps } from './task-worker.ts';

export interface TaskQueuesProps
  extends Pick<
    TaskFunctionOptions,
    'bundles' | 'serviceName' | 'metricPrefix' | 'environment' | 'logRetention'
  > {
  /** Every contract: queues, workers, routes and schedules follow from them. */
  readonly tasks: readonly Task[];
  /** Begins every physical name; one account and region has one app a stage. @default 'dev' */
  readonly stage?: string;
  /** By logical name. @default - each queue that a task names, with the defaults */
  readonly queues?: Record<string, TaskQueueSettings>;
  readonly oneuptime?: OneUptimeSettings;
  /** `false`: no API, for an app that enqueues by itself. @default - SigV4 on /tasks */
  readonly api?: TaskApiSettings | false;
  /** `false`: no alarms. @default - to a new SNS topic */
  readonly alarms?: QueueAlarmSettings | false;
  readonly queueDepth?: QueueDepthSettings;
  /**
   * Whether the depth and the health function find the queues by the stage's prefix. For more
   * queues than their variables hold; costs rights on `*`.
   *
   * @default false
   */
  readonly discoverQueues?: boolean;
  /** Of the queues. @default - RETAIN in the stage prod, DESTROY in others */
  readonly removalPolicy?: RemovalPolicy;
}

/** Of one queue and its worker. */
export interface TaskQueueSettings
  extends Pick<
    TaskWorkerProps,
    | 'timeout'
    | 'memorySize'
    | 'batchSize'
    | 'maxBatchingWindow'
    | 'maxConcurrency'
    | 'reservedConcurrentExecutions'
    | 'environment'
  > {
  /** @default false */
  readonly fifo?: boolean;
  /** @default - 6 × timeout + maxBatchingWindow, AWS's rule */
  readonly visibilityTimeout?: Duration;
  /** @default - the highest maxAttempts of its tasks + 10; FIFO: maxAttempts × batchSize + 10 */
  readonly maxReceiveCount?: number;
  /** @default Duration.days(4) */
  readonly retention?: Duration;
  /** @default Duration.days(14) */
  readonly deadLetterRetention?: Duration;
  readonly thresholds?: QueueAlarmThresholds;
}

/** Parameters are names of SSM SecureStrings that are there before the first deployment. */
export interface OneUptimeSettings {
  /** OTLP base. @default - https://oneuptime.com/otlp */
  readonly endpoint?: string;
  /** @default - /leadline/<stage>/oneuptime-token, unless environment names another OTLP backend */
  readonly tokenParameter?: string;
  /** ARN of a secret, in place of the parameter. @default - the parameter */
  readonly tokenSecretArn?: string;
  /** What /health and /metrics ask for. @default - /leadline/<stage>/health-token */
  readonly healthTokenParameter?: string;
  /** @default - no heartbeat */
  readonly heartbeatUrlParameter?: string;
  /** The customer key that encrypts them. @default - AWS's own key */
  readonly parameterKey?: IKey;
}

export interface TaskApiSettings {
  /** @default 'iam' */
  readonly auth?: TaskApiAuth;
  /** Requests a second. @default 500 */
  readonly rateLimit?: number;
  /** @default 1000 */
  readonly burstLimit?: number;
  /** @default - no CORS */
  readonly cors?: CorsPreflightOptions;
}

export interface QueueAlarmSettings {
  /** @default - a new topic */
  readonly topic?: ITopic;
  /** @default - nobody is subscribed */
  readonly email?: string;
}

export interface QueueDepthSettings {
  /** Time between two samples. @default Duration.minutes(1) */
  readonly resolution?: Duration;
  /** Time between two reads of CloudWatch. @default Duration.minutes(5) */
  readonly cloudwatchInterval?: Duration;
}

/** Everything that tasks need: queues, workers, API, schedules, depth, alarms and a dashboard. */
export class TaskQueues extends Construct {
  /** By logical name, as all that follow. */
  readonly queues: Record<string, TaskQueue> = {};
  readonly workers: Record<string, TaskWorker> = {};
  readonly api: TaskApi | undefined;
  readonly queueDepth: QueueDepthSchedule;
  readonly alarms: QueueAlarms | undefined;
  readonly dashboard: TaskDashboard;

  /** @throws Error for what would not work once it is deployed; it says what to set. */
  constructor(scope: Construct, id: string, props: TaskQueuesProps) {
    super(scope, id);
    const { stage = 'dev', tasks, oneuptime = {}, discoverQueues = false } = props;
    const options = functionOptions(stage, props);
    const settings = queueSettings(props);
    for (const [name, each] of Object.entries(settings)) {
      this.queues[name] = this.createQueue(stage, name, each, props);
    }
    const queues = Object.values(this.queues);
    for (const queue of queues) {
      const { environment, ...worker } = workerSettings(settings[queue.name] ?? {});
      this.workers[queue.name] = new TaskWorker(this, `Worker-${queue.name}`, {
        ...options,
        ...worker,
        environment: { ...options.environment, ...environment },
        tasks,
        queue,
        queues,
      });
    }
    const workers = Object.values(this.workers);
    const observed = { ...options, workers, discoverQueues };
    if (props.api !== false) {
      const { healthTokenParameter = `/leadline/${stage}/health-token` } = oneuptime;
      this.api = new TaskApi(this, 'Api', {
        ...observed,
        ...props.api,
        queues,
        healthTokenParameter,
      });
    }
    this.queueDepth = new QueueDepthSchedule(this, 'QueueDepth', {
      ...observed,
      ...props.queueDepth,
      ...(oneuptime.heartbeatUrlParameter !== undefined && {
        heartbeatUrlParameter: oneuptime.heartbeatUrlParameter,
      }),
    });
    this.schedule(tasks);
    if (props.alarms !== false) {
      const thresholds = Object.fromEntries(
        Object.entries(settings).map(([name, each]) => [name, each.thresholds ?? {}]),
      );
      const depthFunction = this.queueDepth.function;
      const all = { stage, workers, thresholds, depthFunction, ...props.alarms };
      this.alarms = new QueueAlarms(this, 'Alarms', all);
    }
    this.dashboard = new TaskDashboard(this, 'Dashboard', { stage, workers });
    this.tell();
  }

  private createQueue(
    stage: string,
    name: string,
    settings: TaskQueueSettings,
    { tasks, removalPolicy }: TaskQueuesProps,
  ): TaskQueue {
    const { fifo = false, timeout = Duration.seconds(40), retention } = settings;
    const { batchSize = fifo ? 1 : 10, maxBatchingWindow, deadLetterRetention } = settings;
    const own = tasks.filter((task) => task.queue === name);
    const least = leastVisibilityTimeout(timeout.toSeconds(), maxBatchingWindow?.toSeconds() ?? 0);
    return new TaskQueue(this, `Queue-${name}`, {
      stage,
      name,
      fifo,
      visibilityTimeout: settings.visibilityTimeout ?? Duration.seconds(least),
      maxReceiveCount: settings.maxReceiveCount ?? usualMaxReceiveCount(own, fifo, batchSize),
      ...(retention && { retention }),
      ...(deadLetterRetention && { deadLetterRetention }),
      removalPolicy:
        removalPolicy ?? (stage === 'prod' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY),
    });
  }

  private schedule(tasks: readonly Task[]): void {
    for (const task of tasks) {
      const queue = this.queues[task.queue];
      if (queue === undefined) continue;
      for (const [index, entry] of task.schedule.entries()) {
        const name = `${task.name}-${index}`;
        new TaskSchedule(this, `Schedule-${name}`, { task, entry, name, queue });
      }
    }
  }

  private tell(): void {
    if (this.api) new CfnOutput(this, 'ApiUrl', { value: this.api.url });
    for (const { name, queue } of Object.values(this.queues)) {
      new CfnOutput(this, `QueueUrl-${name}`, { value: queue.queueUrl });
    }
    new CfnOutput(this, 'DashboardUrl', { value: this.dashboard.url });
  }
}

function functionOptions(stage: string, props: TaskQueuesProps): TaskFunctionOptions {
  const { bundles, serviceName, metricPrefix, environment = {}, logRetention } = props;
  const { endpoint, tokenParameter, tokenSecretArn, parameterKey } = props.oneuptime ?? {};
  const elsewhere = tokenSecretArn !== undefined || 'OTEL_EXPORTER_OTLP_ENDPOINT' in environment;
  const parameter =
    tokenParameter ?? (elsewhere ? undefined : `/leadline/${stage}/oneuptime-token`);
  return {
    stage,
    environment,
    ...(bundles !== undefined && { bundles }),
    ...(serviceName !== undefined && { serviceName }),
    ...(metricPrefix !== undefined && { metricPrefix }),
    ...(logRetention !== undefined && { logRetention }),
    ...(endpoint !== undefined && { oneuptimeEndpoint: endpoint }),
    ...(parameter !== undefined && { oneuptimeTokenParameter: parameter }),
    ...(tokenSecretArn !== undefined && { oneuptimeTokenSecretArn: tokenSecretArn }),
    ...(parameterKey && { parameterKey }),
  };
}

function queueSettings({ tasks, queues }: TaskQueuesProps): Record<string, TaskQueueSettings> {
  createTaskRegistry(tasks);
  if (queues === undefined) return Object.fromEntries(tasks.map((task) => [task.queue, {}]));
  for (const { name, queue } of tasks) {
    if (queue in queues) continue;
    throw new Error(
      `Task "${name}" is for the queue "${queue}", and queues has ${Object.keys(queues).join(', ')}. Add it to queues, or correct the task.`,
    );
  }
  return queues;
}

function workerSettings(settings: TaskQueueSettings) {
  const { fifo, visibilityTimeout, maxReceiveCount, ...others } = settings;
  const { retention, deadLetterRetention, thresholds, ...worker } = others;
  return worker;
}
