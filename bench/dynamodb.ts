import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startDynamoDb } from '../local/dynamodb/start-dynamodb.ts';
import type { TableDescription } from '../local/stack-description.ts';

/** The local DynamoDB in this process, at a distance, and with its calls counted. */
export interface DynamoDb {
  readonly url: string;
  /**
   * Whether every write is taken without a look, as DynamoDB answers the first of each item. dynalite
   * parses expressions for milliseconds, which would be in all latencies. @default false
   */
  accepting: boolean;
  /** Calls so far. Each function calls at a path of its own: `/<function name>`. */
  callsOf(functionName: string): number;
  stop(): Promise<void>;
}

/** As far as DynamoDB is from a function of its region, or a little less. */
const DELAY_MS = 5;

export async function startDynamoDbAtDistance(
  tables: readonly TableDescription[],
): Promise<DynamoDb> {
  const answer = await startDynamoDb(tables);
  const calls = new Map<string, number>();
  const server = createServer((request, response) => {
    const [, functionName = ''] = (request.url ?? '').split('/');
    calls.set(functionName, (calls.get(functionName) ?? 0) + 1);
    // Nothing is read before: the body waits in the socket.
    setTimeout(() => {
      if (dynamoDb.accepting) accept(request, response);
      else answer(request, response);
    }, DELAY_MS);
  });
  // As DynamoDB's own, it keeps connections open for longer than a function is frozen here.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const dynamoDb: DynamoDb = {
    accepting: false,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    callsOf: (functionName) => calls.get(functionName) ?? 0,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
  return dynamoDb;
}

function accept(request: IncomingMessage, response: ServerResponse): void {
  request.resume().on('end', () => {
    response.writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': 2 });
    response.end('{}');
  });
}
