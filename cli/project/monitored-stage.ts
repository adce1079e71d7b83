/**
 * What the command has to know of a stage and its tasks, with every default filled in. It is no
 * `StageConfig` of infra/config.ts: that is the project's own, and every project's is another.
 */
export interface MonitoredStage {
  stage: string;
  /** `service.name` of the telemetry. */
  serviceName: string;
  /** Put before the names of metrics; empty for none. */
  metricPrefix: string;
  /** OTLP base, without a slash at its end. */
  endpoint: string;
  /** Name of the SSM parameter that holds the telemetry token. */
  tokenParameter: string;
  /** Name of the one that GET /health asks for. */
  healthTokenParameter: string;
  /** Whether it has a table of task state. */
  taskState: boolean;
  /** By logical name. */
  queues: Record<string, MonitoredQueue>;
  tasks: readonly MonitoredTask[];
  /** Of what the telemetry has under `task.name=unknown`: names and bodies that no task has. */
  unknownTask: TaskThresholds;
}

export interface MonitoredQueue {
  fifo: boolean;
  functionTimeoutSeconds: number;
  batchSize: number;
  batchingWindowSeconds: number;
  thresholds: QueueThresholds;
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

export interface MonitoredTask {
  name: string;
  queue: string;
  maxAttempts: number;
  /** Whether it is enqueued by a schedule. */
  scheduled: boolean;
  thresholds: TaskThresholds;
}

/** Above these somebody is told. */
export interface TaskThresholds {
  /** Failed attempts of all attempts, 0 to 1, by the minute. */
  failureRate: number;
  retriesPerMinute: number;
  /** 95th percentile of the time that an attempt takes. */
  p95DurationMs: number;
}
