import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestListener } from '../front-server.ts';
import { readBody } from '../lambda/read-body.ts';
import type { FunctionDescription } from '../stack-description.ts';
import {
  createEventSourceMappings,
  type EventSourceMappings,
  type EventSourceMappingsOptions,
} from './event-source-mappings.ts';
import { findFunction, type LambdaAccount } from './find-function.ts';
import { functionConfiguration } from './function-configuration.ts';
import { LambdaRefusal } from './lambda-refusal.ts';

export interface LambdaApiOptions {
  functions: readonly FunctionDescription[];
  mappings: EventSourceMappingsOptions['mappings'];
  account: LambdaAccount;
}

const MAX_BODY_BYTES = 1_048_576;
const API = '/2015-03-31';

/**
 * Lambda's REST API: GetFunctionConfiguration, and GetEventSourceMapping, ListEventSourceMappings
 * and UpdateEventSourceMapping with `Enabled`.
 */
export function createLambdaApi({
  functions,
  mappings,
  account,
}: LambdaApiOptions): RequestListener {
  const eventSourceMappings = createEventSourceMappings({ mappings, account });
  const routes: Route[] = [
    {
      method: 'GET',
      path: new RegExp(`^${API}/functions/([^/]+)/configuration/?$`),
      status: 200,
      run: ({ name }) => functionConfiguration(findFunction(name, functions, account), account),
    },
    ...mappingRoutes(eventSourceMappings),
  ];
  return (request, response) => void answer(request, response, routes);
}

interface Route {
  method: string;
  /** Its one group, if any, is the name or UUID. */
  path: RegExp;
  status: number;
  run: (call: { name: string; query: URLSearchParams; body: string }) => object;
}

function mappingRoutes(mappings: EventSourceMappings): Route[] {
  const one = new RegExp(`^${API}/event-source-mappings/([^/]+)/?$`);
  const all = new RegExp(`^${API}/event-source-mappings/?$`);
  return [
    { method: 'GET', path: all, status: 200, run: ({ query }) => mappings.list(query) },
    { method: 'GET', path: one, status: 200, run: ({ name }) => mappings.get(name) },
    {
      method: 'PUT',
      path: one,
      status: 202,
      run: ({ name, body }) => mappings.update(name, readJson(body)),
    },
  ];
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  routes: readonly Route[],
): Promise<void> {
  try {
    const body = await readBody(request, MAX_BODY_BYTES);
    if (body === undefined) {
      const message = `The request is over ${MAX_BODY_BYTES} bytes.`;
      throw new LambdaRefusal(413, 'RequestTooLargeException', message);
    }
    const { pathname, searchParams: query } = new URL(request.url ?? '/', 'http://127.0.0.1');
    for (const { method, path, status, run } of routes) {
      const match = path.exec(pathname);
      if (match === null || method !== request.method) continue;
      send(response, status, run({ name: decode(match[1] ?? ''), query, body }));
      return;
    }
    throw new LambdaRefusal(
      404,
      'UnknownOperationException',
      `${request.method} ${pathname} is not served here: only GetFunctionConfiguration and Get, List and UpdateEventSourceMapping are.`,
    );
  } catch (error) {
    refuse(response, error);
  }
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new LambdaRefusal(400, 'InvalidParameterValueException', `${segment} is not encoded.`);
  }
}

function readJson(body: string): Record<string, unknown> {
  try {
    const input: unknown = JSON.parse(body || '{}');
    if (typeof input === 'object' && input !== null) return input as Record<string, unknown>;
  } catch {}
  throw new LambdaRefusal(
    400,
    'InvalidRequestContentException',
    'The request body is not a JSON object.',
  );
}

function refuse(response: ServerResponse, error: unknown): void {
  const known = error instanceof LambdaRefusal;
  const status = known ? error.statusCode : 500;
  response.setHeader('x-amzn-errortype', known ? error.code : 'ServiceException');
  // Most of Lambda's errors carry `Message`; the SDK reads either spelling.
  const { message } = error as Error;
  send(response, status, { Type: known ? 'User' : 'Service', Message: message, message });
}

function send(response: ServerResponse, status: number, body: object): void {
  if (response.destroyed) return;
  response.writeHead(status, {
    'content-type': 'application/json',
    'x-amzn-requestid': randomUUID(),
  });
  response.end(JSON.stringify(body));
}
