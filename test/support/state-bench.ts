import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { fromAttributes, type Item, toAttributes } from '../../lib/state/attribute-values.ts';
import { createTaskState, type TaskState } from '../../lib/state/create-task-state.ts';
import { DYNAMODB_TARGET, startDynamoDb } from '../../local/dynamodb/start-dynamodb.ts';

/** A name that no answer over HTTP may give away. */
export const TABLE = 'secret-table-123456789012';

/** A call as it came over the wire. */
export interface StateCall {
  operation: string;
  input: Record<string, unknown>;
}

/** What DynamoDB does instead of its work; undefined: its work. */
export type Fault = (call: StateCall) =>
  | undefined
  /** Never an answer. */
  | 'hang'
  /** Its work, and then the connection breaks. */
  | 'lose-answer'
  | { status: number; type: string; message?: string }
  /** Of a batch so many are done, and the rest comes back. */
  | { unprocessedAfter: number };

export interface StateBench {
  endpoint: string;
  /** Straight to the table, for what a test writes and reads itself. */
  client: DynamoDBClient;
  /** Of the code under test. */
  state: TaskState;
  /** What the code under test called, since the last `heal`. */
  readonly calls: StateCall[];
  breakBy(fault: Fault): void;
  heal(): void;
  item(pk: string): Promise<Item | undefined>;
  put(item: Item & { pk: string }): Promise<void>;
  stop(): Promise<void>;
}

/** dynalite, and in front of it a server of the same protocol whose failures a test chooses. */
export async function startStateBench(): Promise<StateBench> {
  const table = await listen(
    createServer(await startDynamoDb([{ tableName: TABLE, partitionKey: 'pk' }])),
  );
  const calls: StateCall[] = [];
  let fault: Fault = () => undefined;
  const front = await listen(
    createServer((request, response) => {
      answer(request, response, table.endpoint, (call) => {
        calls.push(call);
        return fault(call);
      }).catch(() => response.destroy());
    }),
  );
  const client = createDynamoDbClient(table.endpoint);
  const underTest = createDynamoDbClient(front.endpoint, 3);
  return {
    endpoint: front.endpoint,
    client,
    state: createTaskState({ table: TABLE, client: underTest }),
    calls,
    breakBy(next) {
      fault = next;
    },
    heal() {
      fault = () => undefined;
      calls.length = 0;
    },
    async item(pk) {
      const Key = toAttributes({ pk });
      const command = new GetItemCommand({ TableName: TABLE, Key, ConsistentRead: true });
      const { Item: found } = await client.send(command);
      return found && fromAttributes(found);
    },
    async put(item) {
      await client.send(new PutItemCommand({ TableName: TABLE, Item: toAttributes(item) }));
    },
    async stop() {
      client.destroy();
      underTest.destroy();
      await front.stop();
      await table.stop();
    },
  };
}

export function createDynamoDbClient(endpoint: string, maxAttempts = 1): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts,
  });
}

type Forward = (input: object) => Promise<{ status: number; body: string }>;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  tableEndpoint: string,
  judge: Fault,
): Promise<void> {
  const body = await text(request);
  const target = String(request.headers['x-amz-target']);
  const call = { operation: target.slice(DYNAMODB_TARGET.length), input: JSON.parse(body) };
  const forward: Forward = async (input) => {
    const answered = await fetch(tableEndpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': target,
        'x-amz-date': String(request.headers['x-amz-date']),
        authorization: String(request.headers.authorization),
      },
      body: JSON.stringify(input),
    });
    return { status: answered.status, body: await answered.text() };
  };
  const verdict = judge(call);
  if (verdict === 'hang') return;
  const { status, body: answered } = await carryOut(verdict, call, forward);
  if (verdict === 'lose-answer') response.destroy();
  else response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(answered);
}

async function carryOut(
  verdict: Exclude<ReturnType<Fault>, 'hang'>,
  { operation, input }: StateCall,
  forward: Forward,
): Promise<{ status: number; body: string }> {
  if (verdict === undefined || verdict === 'lose-answer') return forward(input);
  if ('status' in verdict) {
    const { status, type, message = 'refused' } = verdict;
    return { status, body: JSON.stringify({ __type: `com.amazonaws#${type}`, message }) };
  }
  const [[name, requests]] = Object.entries(input['RequestItems'] as Batch) as [[string, Requests]];
  const { unprocessedAfter: count } = verdict;
  const [done, rest] = Array.isArray(requests)
    ? [requests.slice(0, count), requests.slice(count)]
    : [
        { ...requests, Keys: requests.Keys.slice(0, count) },
        { ...requests, Keys: requests.Keys.slice(count) },
      ];
  const left = operation === 'BatchGetItem' ? 'UnprocessedKeys' : 'UnprocessedItems';
  const nothing = { status: 200, body: JSON.stringify({ Responses: {} }) };
  const { status, body } =
    count === 0 ? nothing : await forward({ RequestItems: { [name]: done } });
  return { status, body: JSON.stringify({ ...JSON.parse(body), [left]: { [name]: rest } }) };
}

type Requests = unknown[] | { Keys: unknown[] };
type Batch = Record<string, Requests>;

async function listen(server: Server) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
