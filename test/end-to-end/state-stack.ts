import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { buildFunctions } from '../../cli/build/build-functions.ts';
import { createProducer, type Producer } from '../../lib/producer.ts';
import { createTaskState, type TaskState } from '../../lib/state.ts';
import { type LogLine, startTestStack, type TestStack } from '../support/test-stack.ts';
import { QUEUE, TASK_TABLE, type TestStackShape } from '../support/test-stack-description.ts';

export interface StateStack {
  stack: TestStack;
  bundleDirectory: string;
  producer: Producer;
  state: TaskState;
  /** The lines of stdout with this text, of all tasks or of one. */
  lines(message: string, taskId?: string): LogLine[];
  /** As if the time of the lease of a task were over. */
  endLease(id: string): Promise<void>;
  stop(): Promise<void>;
}

/** The stack with the functions of state-project, and a producer of its own. */
export async function startStateStack(shape: TestStackShape = {}): Promise<StateStack> {
  const bundleDirectory = await mkdtemp(join(tmpdir(), 'leadline-state-'));
  await buildFunctions({
    projectDirectory: join(import.meta.dirname, 'state-project'),
    functions: ['enqueue-task', 'process-tasks'],
    outputDirectory: bundleDirectory,
  });
  const stack = await startTestStack({ taskState: true, bundleDirectory, ...shape });
  const client = new DynamoDBClient({
    endpoint: stack.sqs.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const state = createTaskState({ table: TASK_TABLE, client });
  const queues = { default: { url: stack.sqs.queueUrl(QUEUE) } };
  return {
    stack,
    bundleDirectory,
    state,
    producer: createProducer({ queues, client: stack.sqsClient, state }),
    lines: (message, taskId) =>
      stack
        .logLines()
        .filter((line) => line['message'] === message)
        .filter((line) => taskId === undefined || line['task.id'] === taskId),
    async endLease(id) {
      await client.send(
        new UpdateItemCommand({
          TableName: TASK_TABLE,
          Key: { pk: { S: `task#${id}` } },
          UpdateExpression: 'SET lease_until = :over',
          ExpressionAttributeValues: { ':over': { N: '1' } },
        }),
      );
    },
    async stop() {
      client.destroy();
      await stack.stop();
      await rm(bundleDirectory, { recursive: true, force: true });
    },
  };
}
