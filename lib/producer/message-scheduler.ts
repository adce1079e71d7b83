import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { isRetryable } from '../errors/is-retryable.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { PreparedMessage } from './build-message.ts';
import type { BuiltSchedule } from './build-schedule.ts';

/** What `at` needs beyond SQS: a group for one-time schedules, and a role to send with. */
export interface SchedulerOptions {
  /** ARN of the role that EventBridge Scheduler sends with: it may send to the queues. */
  roleArn: string;
  /** Of the schedules. */
  groupName: string;
  /**
   * A `SchedulerClient` of `@aws-sdk/client-scheduler`.
   *
   * @default one with the SDK's own defaults, loaded and made at the first use
   */
  client?: SchedulerClientLike;
}

/** Not the SDK's own type: whoever uses no `at` need not have the package. */
export interface SchedulerClientLike {
  send(command: never): Promise<unknown>;
  readonly config: { region(): Promise<string> };
}

/** Makes the one-time schedules of a producer. */
export interface MessageScheduler {
  /** @throws EnqueueFailed with the SDK's error as its cause. */
  schedule(message: PreparedMessage, built: BuiltSchedule): Promise<void>;
}

export function createMessageScheduler(options: SchedulerOptions): MessageScheduler {
  let { client } = options;
  return {
    async schedule(message, built) {
      try {
        const scheduler = await import('./create-schedule.ts');
        client ??= scheduler.createClient();
        await scheduler.createSchedule(client, options, message, built);
      } catch (error) {
        throw new EnqueueFailed(
          `EventBridge Scheduler did not take the message for ${message.queue.sqsName}: ${toError(error).message}`,
          { cause: error, retryable: isRetryable(error) },
        );
      }
    },
  };
}
