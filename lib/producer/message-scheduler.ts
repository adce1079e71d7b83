import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { isRetryable } from '../errors/is-retryable.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { PreparedMessage } from './build-message.ts';
import type { BuiltSchedule } from './build-schedule.ts';
import { readQueueUrl } from './queue-arn.ts';

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
  const { roleArn, groupName } = options;
  const [, partition = 'aws'] = roleArn.split(':');
  let { client } = options;
  return {
    async schedule({ id, queue }, { at, input, target }) {
      try {
        const scheduler = await import('./create-schedule.ts');
        client ??= scheduler.createClient();
        const { accountId, region = await client.config.region() } = readQueueUrl(queue.url) ?? {};
        await scheduler.createSchedule(client, {
          Name: id,
          GroupName: groupName,
          // The SDK's retries, too, make one schedule.
          ClientToken: id,
          ScheduleExpression: `at(${at.toISOString().slice(0, 19)})`,
          ScheduleExpressionTimezone: 'UTC',
          FlexibleTimeWindow: { Mode: 'OFF' },
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn:
              target === 'queue'
                ? `arn:${partition}:sqs:${region}:${accountId}:${queue.sqsName}`
                : `arn:${partition}:scheduler:::aws-sdk:sqs:sendMessage`,
            RoleArn: roleArn,
            Input: input,
          },
        });
      } catch (error) {
        throw new EnqueueFailed(
          `EventBridge Scheduler did not take the message for ${queue.sqsName}: ${toError(error).message}`,
          { cause: error, retryable: isRetryable(error) },
        );
      }
    },
  };
}
