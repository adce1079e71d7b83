import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RouteDescription } from '../stack-description.ts';
import { createProxyEvent } from './proxy-event.ts';
import { type ProxyResponse, readProxyResponse } from './proxy-response.ts';
import { discardRequestBody, readRequestBody } from './read-request-body.ts';
import { createRouteTable, type RouteMatch } from './route-table.ts';

export interface InvokeResult {
  /** What the function answered, or the error document when `functionError` is set. */
  payload: string;
  functionError?: string | undefined;
}

export interface HttpApiOptions {
  routes: readonly RouteDescription[];
  /** Lambda's synchronous Invoke; rejects with the service's error names. */
  invoke: (functionName: string, event: string) => Promise<InvokeResult>;
  /** @default '000000000000' */
  accountId?: string;
  /** @default 'local' */
  apiId?: string;
  /** How long a function may take to answer. @default 30000, the service's own limit */
  integrationTimeoutMs?: number;
}

/**
 * An API Gateway HTTP API with a `$default` stage and Lambda proxy integrations (payload format
 * 2.0), as a request listener of `node:http`.
 *
 * Limits: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
 */
export function createHttpApi(
  options: HttpApiOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const routes = createRouteTable(options.routes);

  return (request, response) => {
    const requestId = newRequestId();
    // The client may leave at any time, and an 'error' without a listener ends the process.
    response.on('error', () => {});
    answer(request, requestId)
      .then(async (answered) => {
        await discardRequestBody(request);
        send(response, answered, requestId);
      })
      .catch(() => response.destroy());
  };

  async function answer(request: IncomingMessage, requestId: string): Promise<ProxyResponse> {
    const receivedAt = new Date();
    const { path, rawQueryString } = splitTarget(request.url ?? '/');
    const route = routes.match(request.method ?? 'GET', path);
    if (route === undefined) return message(404, 'Not Found');
    const body = await readRequestBody(request, maxBodyBytes);
    if (body.tooLarge) return message(413, 'Request Entity Too Large');

    const event = createProxyEvent({
      request,
      path,
      rawQueryString,
      body: body.bytes,
      route,
      accountId: options.accountId ?? '000000000000',
      apiId: options.apiId ?? 'local',
      requestId,
      receivedAt,
    });
    return integrate(route, JSON.stringify(event));
  }

  async function integrate(route: RouteMatch, event: string): Promise<ProxyResponse> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<'too late'>((resolve) => {
      timer = setTimeout(resolve, options.integrationTimeoutMs ?? 30_000, 'too late');
    });
    try {
      const result = await Promise.race([options.invoke(route.functionName, event), tooLate]);
      if (result === 'too late') return message(503, 'Service Unavailable');
      if (result.functionError) return message(500, 'Internal Server Error');
      return readProxyResponse(result.payload) ?? message(500, 'Internal Server Error');
    } catch (error) {
      const isThrottled = error instanceof Error && error.name === 'TooManyRequestsException';
      return isThrottled
        ? message(503, 'Service Unavailable')
        : message(500, 'Internal Server Error');
    } finally {
      clearTimeout(timer);
    }
  }
}

const maxBodyBytes = 10 * 1024 * 1024;

function send(response: ServerResponse, answered: ProxyResponse, requestId: string): void {
  for (const [name, value] of answered.headers) response.appendHeader(name, value);
  for (const cookie of answered.cookies) response.appendHeader('set-cookie', cookie);
  response.setHeader('apigw-requestid', requestId);
  // RFC 9110, 8.6: no Content-Length on a 204; on a 304 it would be the other answer's length.
  if (answered.statusCode !== 204 && answered.statusCode !== 304) {
    response.setHeader('content-length', answered.body.length);
  }
  response.writeHead(answered.statusCode);
  response.end(answered.body);
}

function message(statusCode: number, text: string): ProxyResponse {
  return {
    statusCode,
    headers: [['content-type', 'application/json']],
    cookies: [],
    body: Buffer.from(JSON.stringify({ message: text })),
  };
}

function splitTarget(target: string): { path: string; rawQueryString: string } {
  // RFC 9112, 3.2.2: a client may send the absolute form, `GET http://host/path`.
  const local = target.replace(/^https?:\/\/[^/?]*/i, '');
  const mark = local.indexOf('?');
  const path = mark === -1 ? local : local.slice(0, mark);
  return { path: path || '/', rawQueryString: mark === -1 ? '' : local.slice(mark + 1) };
}

/** 15 characters and '=', the form of the service's extended request ids. */
function newRequestId(): string {
  return randomBytes(11).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
