import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  type AttributeValue,
  DynamoDBClient,
  GetItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { createTaskState, type TaskState } from '../../../lib/state.ts';
import { startDynamoDb } from '../../../local/dynamodb/start-dynamodb.ts';

/** `serve` answers, `hang` never does, `throttle` and `refuse` are DynamoDB's own errors. */
export type TableBehaviour = 'serve' | 'hang' | 'throttle' | 'refuse';

export interface StateBench {
  readonly state: TaskState;
  /** What the table does from now on, or per request by its operation, e.g. `UpdateItem`. */
  behave(behaviour: TableBehaviour | ((operation: string) => TableBehaviour)): void;
  /** Operations that were asked for, since the last call of this. */
  takeCalls(): string[];
  /** A task's item, as DynamoDB has it. */
  item(id: string): Promise<Record<string, AttributeValue> | undefined>;
  /** As if the time of its lease were over. */
  endLease(id: string): Promise<void>;
  stop(): Promise<void>;
}

const TABLE = 'test-task-state';

/** Task state in a DynamoDB of its own, over HTTP, that can be told to fail. */
export async function startStateBench(): Promise<StateBench> {
  const serve = await startDynamoDb([{ tableName: TABLE, partitionKey: 'pk' }]);
  let behaviourOf: (operation: string) => TableBehaviour = () => 'serve';
  let calls: string[] = [];
  const server = createServer((request, response) => {
    const operation = String(request.headers['x-amz-target']).split('.').at(-1) ?? '';
    calls.push(operation);
    const behaviour = behaviourOf(operation);
    if (behaviour === 'serve') return serve(request, response);
    request.resume().on('end', () => answer(behaviour, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const client = new DynamoDBClient({
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 3,
  });
  const keyOf = (id: string) => ({ TableName: TABLE, Key: { pk: { S: `task#${id}` } } });
  const state = createTaskState({ table: TABLE, client });
  // The SDK is loaded and connected: a call of the worker has a second.
  await state.read('none');
  return {
    state,
    behave(behaviour) {
      behaviourOf = typeof behaviour === 'function' ? behaviour : () => behaviour;
    },
    takeCalls() {
      const taken = calls;
      calls = [];
      return taken;
    },
    item: async (id) => (await client.send(new GetItemCommand(keyOf(id)))).Item,
    async endLease(id) {
      await client.send(
        new UpdateItemCommand({
          ...keyOf(id),
          UpdateExpression: 'SET lease_until = :over',
          ExpressionAttributeValues: { ':over': { N: '1' } },
        }),
      );
    },
    async stop() {
      client.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const ERRORS = {
  throttle: 'ProvisionedThroughputExceededException',
  refuse: 'AccessDeniedException',
};

function answer(behaviour: Exclude<TableBehaviour, 'serve'>, response: ServerResponse): void {
  if (behaviour === 'hang') return;
  const __type = `com.amazonaws.dynamodb.v20120810#${ERRORS[behaviour]}`;
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' });
  response.end(JSON.stringify({ __type, message: `the table says ${behaviour}` }));
}
