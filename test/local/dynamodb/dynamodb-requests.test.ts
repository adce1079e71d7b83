import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { GetItemCommand, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import type { Stack } from '../../../local/start-stack.ts';
import { repository } from '../../support/repository.ts';
import { startWithTables, TABLE } from './use-dynamodb.ts';

const run = promisify(execFile);

const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.ListTables',
  authorization: 'AWS4-HMAC-SHA256 Credential=a, SignedHeaders=host, Signature=b',
  'x-amz-date': '20260101T000000Z',
};

/** The status of a request, whose Host fetch would not let one choose. */
async function statusOf(
  { sqs }: Stack,
  headers: Record<string, string>,
  body = '{}',
): Promise<number | undefined> {
  const sent = request(sqs.endpoint, { method: 'POST', headers: { ...HEADERS, ...headers } });
  sent.end(body);
  const [response] = await once(sent, 'response');
  response.resume();
  return response.statusCode;
}

it.each([
  [{ host: 'example.com' }],
  [{ origin: 'https://example.com' }],
  [{ 'sec-fetch-site': 'cross-site' }],
])('a request that a web page could send is refused: %j', async (headers) => {
  const { stack } = await startWithTables();
  expect(await statusOf(stack, {})).toBe(200);
  expect(await statusOf(stack, headers)).toBe(403);
});

it('no page is let read an answer', async () => {
  const { stack } = await startWithTables();
  const headers = { ...HEADERS, origin: stack.sqs.endpoint };
  const response = await fetch(stack.sqs.endpoint, { method: 'POST', headers, body: '{}' });
  expect(response.status).toBe(200);
  expect(response.headers.get('access-control-allow-origin')).toBeNull();
});

it.each([
  ['', 400],
  ['{', 400],
  ['null', 500],
  ['[]', 200],
])('a body that is no request gets an answer, and the next one too: %j', async (body, status) => {
  const { stack, client } = await startWithTables();
  expect(await statusOf(stack, {}, body)).toBe(status);
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([TABLE]);
});

it('a client that hangs up in the middle of a request disturbs nobody', async () => {
  const { stack, client } = await startWithTables();
  const socket = connect(Number(new URL(stack.sqs.endpoint).port), '127.0.0.1');
  const lines = Object.entries({ ...HEADERS, host: 'localhost', 'content-length': 99 });
  const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  socket.write(`POST / HTTP/1.1\r\n${head}\r\n{"TableName":`, () => socket.resetAndDestroy());
  await once(socket, 'close');
  expect((await client.send(new ListTablesCommand())).TableNames).toEqual([TABLE]);
});

it('is gone with the stack', async () => {
  const { stack, client } = await startWithTables();
  await client.send(new ListTablesCommand());
  await stack.stop();
  const refused = { cause: { code: 'ECONNREFUSED' } };
  await expect(fetch(stack.sqs.endpoint)).rejects.toMatchObject(refused);
});

it('a stack without a table has no DynamoDB, and says so', async () => {
  const { client } = await startWithTables([]);
  const get = new GetItemCommand({ TableName: TABLE, Key: { pk: { S: 'a' } } });
  await expect(client.send(get)).rejects.toThrow('in a stack with a table, DynamoDB');
});

it('a stack without a table loads none of it', async () => {
  const loaded = async (tables: object[]) => {
    const script = `
      import { createRequire } from 'node:module';
      import { startStack } from './local/start-stack.ts';
      const stack = await startStack({
        queues: [], tables: ${JSON.stringify(tables)}, functions: [], eventSourceMappings: [],
        routes: [], schedules: [],
      }, { bundleDirectory: '.' });
      await stack.stop();
      const { cache } = createRequire(import.meta.url);
      console.log(Object.keys(cache).some((path) => path.includes('/dynalite/')));`;
    const args = ['--input-type=module', '--eval', script];
    return (await run(process.execPath, args, { cwd: repository })).stdout.trim();
  };
  expect(await loaded([{ tableName: TABLE, partitionKey: 'pk' }])).toBe('true');
  expect(await loaded([])).toBe('false');
});
