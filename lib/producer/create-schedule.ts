import { CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler';
import type { PreparedMessage } from './build-message.ts';
import type { BuiltSchedule } from './build-schedule.ts';
import type { SchedulerClientLike, SchedulerOptions } from './message-scheduler.ts';
import { readQueueUrl } from './queue-arn.ts';

/** In a module of its own: it holds the SDK's client, which few producers ever need. */
export function createClient(): SchedulerClientLike {
  return new SchedulerClient({});
}

/** A one-time schedule that sends the message and deletes itself. */
export async function createSchedule(
  client: SchedulerClientLike,
  { roleArn, groupName }: SchedulerOptions,
  { id, queue }: PreparedMessage,
  { at, input, target }: BuiltSchedule,
): Promise<void> {
  const [, partition = 'aws'] = roleArn.split(':');
  const { accountId, region = await client.config.region() } = readQueueUrl(queue.url) ?? {};
  const command = new CreateScheduleCommand({
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
  await client.send(command as never);
}
