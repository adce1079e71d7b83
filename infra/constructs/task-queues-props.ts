import type { Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { CorsPreflightOptions } from 'aws-cdk-lib/aws-apigatewayv2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Task } from '../../lib/index.ts';
import type { QueueAlarmThresholds } from './queue-alarms.ts';
import type { TaskApiAuth } from './task-api-auth.ts';
import type { TaskFunctionOptions } from './task-function.ts';
import type { TaskWorkerProps } from './task-worker.ts';

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
   * queues than their variables hold; costs rights on `*`. No other stage may begin with this one
   * and a "-": `dev` finds the queues of `dev-eu` too.
   *
   * @default false
   */
  readonly discoverQueues?: boolean;
  /**
   * Whether functions that enqueue may have EventBridge Scheduler keep a message: for `at` later
   * than 15 minutes, and on FIFO queues. They get the right to make such schedules.
   *
   * @default false
   */
  readonly oneTimeSchedules?: boolean;
  /**
   * Whether there is a DynamoDB table of what becomes of each message: for results
   * (`GET /tasks/{id}`), idempotent tasks, revoking (`DELETE /tasks/{id}`) and workflows. It costs
   * three writes a message.
   *
   * @default false
   */
  readonly taskState?: boolean;
  /**
   * Of the queues and of the table of task state.
   *
   * @default - RETAIN_ON_UPDATE_OR_DELETE in the stage prod, DESTROY in others
   */
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
    | 'recursiveLoop'
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
  /** The secret with the token, in place of the parameter. @default - the parameter */
  readonly tokenSecret?: ISecret | Secret;
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
  /** In MB; more for hundreds of queues. @default 256 */
  readonly memorySize?: number;
}
