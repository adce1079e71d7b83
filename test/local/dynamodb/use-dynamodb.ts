import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { TableDescription } from '../../../local/stack-description.ts';
import { type Stack, startStack } from '../../../local/start-stack.ts';

export const TABLE = 'test-task-state';

/** A stack with a queue, and the one table unless a test wants others. */
export async function startWithTables(
  tables: TableDescription[] = [{ tableName: TABLE, partitionKey: 'pk' }],
): Promise<{ stack: Stack; client: DynamoDBClient }> {
  const stack = await startStack(
    {
      queues: [{ queueName: 'test-default' }],
      tables,
      functions: [],
      eventSourceMappings: [],
      routes: [],
      schedules: [],
    },
    { bundleDirectory: import.meta.dirname },
  );
  const client = new DynamoDBClient({
    endpoint: stack.sqs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await stack.stop();
  });
  return { stack, client };
}
