import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { RequestListener } from '../front-server.ts';
import { readBytes } from '../lambda/read-body.ts';
import type { TableDescription } from '../stack-description.ts';
import { callDynalite, type DynamoDbAnswer, type DynamoDbRequest } from './call-dynalite.ts';
import { createDynalite } from './create-dynalite.ts';
import { addOldItem, type GetItem, type WriteInput } from './old-item.ts';

export const DYNAMODB_TARGET = 'DynamoDB_20120810.';

/** DynamoDB's bound of a request, of BatchWriteItem. */
const MAX_BODY_BYTES = 16 * 1_048_576;

/** dynalite asks for a signature and does not look at it. */
const OWN_HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': '20260101T000000Z',
};

/**
 * DynamoDB in the memory of this process, with the tables made. It holds nothing that has to be
 * stopped. What expires stays.
 */
export async function startDynamoDb(tables: readonly TableDescription[]): Promise<RequestListener> {
  const dynalite = await createDynalite();
  for (const table of tables) await createTable(dynalite, table);
  const run = createRun(dynalite, tables);
  return (request, response) => void answer(request, response, run);
}

type Run = (request: DynamoDbRequest) => Promise<DynamoDbAnswer>;

function createRun(dynalite: Server, tables: readonly TableDescription[]): Run {
  const getItem: GetItem = async (TableName, Key) => {
    const found = await ask(dynalite, 'GetItem', { TableName, Key, ConsistentRead: true });
    return found['Item'] as Record<string, unknown> | undefined;
  };
  const partitionKeyOf = (tableName: string) =>
    tables.find((table) => table.tableName === tableName)?.partitionKey;
  return async (request) => {
    const done = await callDynalite(dynalite, request);
    if (done.status !== 400) return done;
    return addOldItem(done, readInput(request), partitionKeyOf, getItem);
  };
}

async function answer(request: IncomingMessage, response: ServerResponse, run: Run): Promise<void> {
  try {
    const { method, headers } = request;
    const body = await readBytes(request, MAX_BODY_BYTES);
    const {
      status,
      headers: own,
      body: text,
    } = body === undefined ? TOO_LARGE : await run({ method, headers, body });
    if (!response.destroyed) response.writeHead(status, own).end(text);
  } catch {
    // The client hung up before it had sent all.
    response.destroy();
  }
}

const TOO_LARGE: DynamoDbAnswer = { status: 413, headers: {}, body: '' };

/** CreateTable answers before the table is there. */
async function createTable(
  dynalite: Server,
  { tableName, partitionKey }: TableDescription,
): Promise<void> {
  await ask(dynalite, 'CreateTable', {
    TableName: tableName,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [{ AttributeName: partitionKey, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: partitionKey, KeyType: 'HASH' }],
  });
  const isActive = async () => {
    const { Table } = await ask(dynalite, 'DescribeTable', { TableName: tableName });
    return (Table as { TableStatus: string }).TableStatus === 'ACTIVE';
  };
  while (!(await isActive())) await nextTurn();
}

async function ask(
  dynalite: Server,
  operation: string,
  input: object,
): Promise<Record<string, unknown>> {
  const headers = { ...OWN_HEADERS, 'x-amz-target': `${DYNAMODB_TARGET}${operation}` };
  const { status, body } = await callDynalite(dynalite, { headers, body: JSON.stringify(input) });
  if (status === 200) return JSON.parse(body);
  throw new Error(`${operation} of ${JSON.stringify(input)} was refused: ${body}`);
}

function readInput({ body }: DynamoDbRequest): WriteInput {
  try {
    return JSON.parse(body.toString()) ?? {};
  } catch {
    return {};
  }
}
