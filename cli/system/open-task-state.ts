import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createTaskState, type TaskState } from '../../lib/state.ts';
import type { System } from './open-system.ts';

/** As the stack names it, unless somebody named it otherwise. */
export function tableOf({ stage, local }: System, table: string | undefined): string {
  return table ?? local?.table ?? `${stage}-task-state`;
}

/** The state of the stage's tasks. */
export async function openTaskState(system: System, table: string): Promise<TaskState> {
  const { DynamoDBClient } = await import('@aws-sdk/client-dynamodb');
  const client: DynamoDBClient = system.open(
    new DynamoDBClient({ ...system.clientConfig, maxAttempts: 3 }),
    'dynamodb',
  );
  return createTaskState({ table, client });
}
