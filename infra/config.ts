import { checkStage } from './constructs/check-stage.ts';

/**
 * What a stage is made of: the settings of the queues, and of what watches them. `cdk deploy` and
 * the dashboards and monitors of OneUptime are made from the same object, so it holds plain data
 * and knows nothing of CDK. Edit `describeStage` to change a stage.
 */
export interface StageConfig {
  /** In every physical name: queues are `<stage>-<queue>`. */
  stage: string;
  /** `service.name` of the telemetry of every function. */
  serviceName: string;
  /** Whether queues, with the messages in them, outlive the stack. */
  retainQueues: boolean;
  /** Whether a DynamoDB table, which outlives the stack as the queues do, has the state of tasks. */
  taskState: boolean;
  logRetentionDays: number;
  /** Put before the names of metrics, as `celery.`; empty for none. */
  metricPrefix: string;
  /** By logical name, which is what `queue` of a task says. */
  queues: Record<string, QueueConfig>;
  /** By name, for those whose thresholds are to be others than the defaults. */
  tasks?: Record<string, TaskConfig>;
  /** Whether functions may enqueue for later than 15 minutes: `at` of `enqueue`. */
  oneTimeSchedules: boolean;
  queueDepth: QueueDepthConfig;
  oneuptime: OneUptimeConfig;
  api: ApiConfig;
  alarms: AlarmConfig;
}

export interface QueueConfig {
  fifo: boolean;
  worker: WorkerConfig;
  thresholds: QueueThresholds;
}

export interface WorkerConfig {
  memoryMb: number;
  /** Above the `timeoutSeconds` of each task on the queue. */
  functionTimeoutSeconds: number;
  batchSize: number;
  /** How long Lambda waits for a batch to fill. 0 on FIFO queues. */
  batchingWindowSeconds: number;
  /** Batches at a time: 2 to 1,000. */
  maximumConcurrency: number;
}

/** Above these somebody is told. */
export interface QueueThresholds {
  /** Messages that wait. */
  depth: number;
  oldestMessageAgeSeconds: number;
  /** SQS's limit is 120,000. */
  inFlight: number;
  deadLetters: number;
}

export interface TaskConfig {
  thresholds: Partial<TaskThresholds>;
}

/** Above these OneUptime tells somebody. */
export interface TaskThresholds {
  /** Failed attempts of all attempts in a minute, 0 to 1. @default 0.05 */
  failureRate: number;
  /** @default 100 */
  retriesPerMinute: number;
  /** 95th percentile of the time that an attempt takes. @default 80 % of timeoutSeconds */
  p95DurationMs: number;
}

export interface QueueDepthConfig {
  /** Time between two samples of the depth; the function itself runs once a minute. */
  resolutionSeconds: number;
  /** Time between two reads of CloudWatch, which cost money, for a queue that has messages. */
  cloudwatchIntervalSeconds: number;
}

/** Parameters are names of SSM SecureStrings, which the operator makes before the first deploy. */
export interface OneUptimeConfig {
  /** OTLP base. */
  endpoint: string;
  tokenParameter: string;
  /** What GET /health and GET /metrics ask for. */
  healthTokenParameter: string;
  /** The URL that the depth function calls after each run; absent until there is a heartbeat. */
  heartbeatUrlParameter?: string;
}

export interface ApiConfig {
  /** Who may POST to /tasks: a caller with SigV4, one with a JWT, or, written out, anybody. */
  auth: 'iam' | 'none' | { issuer: string; audience: string[]; scopes?: string[] };
  throttling: { requestsPerSecond: number; burst: number };
}

/** CloudWatch alarms go to an SNS topic: a new one, with `email` as its subscriber, or `topicArn`. */
export interface AlarmConfig {
  email?: string;
  topicArn?: string;
}

/** A task may take 30 s by default; the rest is for telemetry and for what a deadline leaves over. */
const FUNCTION_TIMEOUT_SECONDS = 40;

/**
 * The settings of one stage: `cdk deploy -c stage=prod`.
 *
 * @throws Error for a stage that cannot be part of a physical name.
 */
export function describeStage(stage: string = 'dev'): StageConfig {
  checkStage(stage);
  const production = stage === 'prod';
  return {
    stage,
    serviceName: 'leadline',
    retainQueues: production,
    // Three DynamoDB writes a message are the price: true for the stages that want results,
    // idempotent tasks, revoke, workflows.
    taskState: stage === 'local',
    logRetentionDays: production ? 90 : 14,
    metricPrefix: '',
    queues: {
      high: queue({ maximumConcurrency: production ? 100 : 10 }),
      default: queue({ maximumConcurrency: production ? 50 : 10 }),
      low: queue({ maximumConcurrency: production ? 10 : 2 }, { oldestMessageAgeSeconds: 3600 }),
    },
    // A right more: true for the stages that enqueue for later than 15 minutes.
    oneTimeSchedules: stage === 'local',
    queueDepth: { resolutionSeconds: 60, cloudwatchIntervalSeconds: 300 },
    oneuptime: {
      endpoint: 'https://oneuptime.com/otlp',
      tokenParameter: `/leadline/${stage}/oneuptime-token`,
      healthTokenParameter: `/leadline/${stage}/health-token`,
    },
    api: { auth: 'iam', throttling: { requestsPerSecond: 500, burst: 1000 } },
    alarms: {},
  };
}

function queue(
  worker: Partial<WorkerConfig> = {},
  thresholds: Partial<QueueThresholds> = {},
): QueueConfig {
  return {
    fifo: false,
    worker: {
      memoryMb: 512,
      functionTimeoutSeconds: FUNCTION_TIMEOUT_SECONDS,
      batchSize: 10,
      batchingWindowSeconds: 0,
      maximumConcurrency: 10,
      ...worker,
    },
    thresholds: {
      depth: 1000,
      oldestMessageAgeSeconds: 300,
      inFlight: 90_000,
      deadLetters: 0,
      ...thresholds,
    },
  };
}
