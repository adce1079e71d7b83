import type { TaskMessage } from './task-message.ts';

/** What a task writes for people: one JSON line on stdout and one OTLP log record, with its trace. */
export interface Log {
  debug(message: string, attributes?: Readonly<Record<string, unknown>>): void;
  info(message: string, attributes?: Readonly<Record<string, unknown>>): void;
  warn(message: string, attributes?: Readonly<Record<string, unknown>>): void;
  error(message: string, attributes?: Readonly<Record<string, unknown>>): void;
}

/** What an implementation knows of the attempt that it runs in. */
export interface TaskContext {
  /** The task id, the same in every attempt. */
  readonly id: string;
  /** From 1: deliveries of this message so far (ApproximateReceiveCount), an upper bound of the runs. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** When the producer enqueued it; absent when the message does not say. */
  readonly enqueuedAt?: Date;
  /** Logical name of the queue that it came from. */
  readonly queue: string;
  /** The message group, when the message has one. */
  readonly groupId?: string;
  /**
   * Aborted when the time of the attempt is up, which has failed then, whether the task throws or
   * returns. Hand it to `fetch`, timers and the AWS SDK.
   */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Milliseconds until `signal` is aborted. */
  remainingMs(): number;
  /** The message as it was decoded. */
  readonly message: TaskMessage;
}
