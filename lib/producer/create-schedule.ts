import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { SchedulerClientLike } from './message-scheduler.ts';

/** In a module of its own: it holds the SDK's client, which few producers ever need. */
export function createClient(): SchedulerClientLike {
  return new SchedulerClient({});
}

export async function createSchedule(
  client: SchedulerClientLike,
  input: CreateScheduleCommandInput,
): Promise<void> {
  await client.send(new CreateScheduleCommand(input) as never);
}
