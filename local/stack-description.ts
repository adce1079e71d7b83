/**
 * Everything that the one-machine stack runs, in AWS's own terms. What it needs to know and
 * nothing more: where a value is absent, AWS's default applies.
 */
export interface StackDescription {
  /** Begins the names of its queues, as `local-` does. @default they have no such beginning */
  stage?: string;
  queues: QueueDescription[];
  /** @default none, and no DynamoDB */
  tables?: TableDescription[];
  functions: StackFunction[];
  eventSourceMappings: EventSourceMappingDescription[];
  routes: RouteDescription[];
  schedules: ScheduleDescription[];
  /** Groups of EventBridge Scheduler beside `default`. @default none */
  scheduleGroups?: string[];
}

/** A function whose environment names resources that get their addresses when the stack starts. */
export interface StackFunction extends Omit<FunctionDescription, 'environment'> {
  environment: (addresses: StackAddresses) => Record<string, string>;
}

export interface StackAddresses {
  queueUrl(queueName: string): string;
}

/** An SQS queue. A dead-letter queue is a queue that another one's `redrive` names. */
export interface QueueDescription {
  queueName: string;
  /** @default false */
  fifo?: boolean;
  /** @default 30 */
  visibilityTimeoutSeconds?: number;
  /** @default 345600, 4 days */
  messageRetentionSeconds?: number;
  redrive?: { deadLetterQueueName: string; maxReceiveCount: number };
  /** Of a dead-letter queue: RedriveAllowPolicy `byQueue`. @default any queue of the account may name it */
  redriveAllow?: { sourceQueueNames: string[] };
}

/** A DynamoDB table, on demand, whose keys are strings. What expires in it stays. */
export interface TableDescription {
  tableName: string;
  partitionKey: string;
}

/** A Lambda function started from `dist/functions/<bundle>/index.mjs`, export `handler`. */
export interface FunctionDescription {
  functionName: string;
  bundle: string;
  environment: Record<string, string>;
  /** @default 3 */
  timeoutSeconds?: number;
  /** @default 128 */
  memoryMb?: number;
  /** Upper bound of instances. @default 10 on one machine */
  reservedConcurrency?: number;
}

export interface EventSourceMappingDescription {
  uuid: string;
  queueName: string;
  functionName: string;
  /** 1 to 10; up to 10,000 with a batching window. @default 10 */
  batchSize?: number;
  /** @default 0 */
  maximumBatchingWindowSeconds?: number;
  /** Invocations at a time. @default bounded by the function's own concurrency */
  maximumConcurrency?: number;
  /** FunctionResponseTypes: ReportBatchItemFailures. @default false */
  reportBatchItemFailures?: boolean;
}

export interface RouteDescription {
  method: string;
  /** As in HTTP API route keys: `/tasks/{task}`. */
  path: string;
  functionName: string;
}

/** A schedule of EventBridge Scheduler: of a function, or of a queue. */
export interface ScheduleDescription {
  name: string;
  /** `rate(5 minutes)`, `cron(0 3 ? * 2-6 *)` or `at(2026-11-26T03:00:00)`; here `rate(10 seconds)`, too. */
  expression: string;
  /** IANA name. @default 'UTC' */
  timezone?: string;
  /** Of the function, the queue, or `arn:aws:scheduler:::aws-sdk:sqs:sendMessage`. */
  targetArn: string;
  /** The event or the message, with Scheduler's context attributes. */
  input: (addresses: StackAddresses) => string;
}
