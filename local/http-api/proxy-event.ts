import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { decodePath, type RouteMatch } from './route-table.ts';

export interface ProxyEventInput {
  request: IncomingMessage;
  path: string;
  rawQueryString: string;
  body: Buffer;
  route: RouteMatch;
  accountId: string;
  apiId: string;
  requestId: string;
  receivedAt: Date;
}

/**
 * The event that an HTTP API sends to a Lambda function, payload format 2.0.
 *
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html
 */
export function createProxyEvent(input: ProxyEventInput): Record<string, unknown> {
  const { request, route, body, rawQueryString } = input;
  const { headers, cookies } = readHeaders(request, body.length, input.receivedAt);
  const queryStringParameters = readQuery(rawQueryString);
  // HTTP APIs hand on the path decoded, REST APIs and function URLs do not:
  // https://github.com/middleapi/standard-server/pull/93 (captures of the real service).
  const path = decodePath(input.path);
  const isBase64Encoded = body.length > 0 && !isText(request.headers['content-type']);

  return {
    version: '2.0',
    routeKey: route.routeKey,
    rawPath: path,
    rawQueryString,
    ...(cookies.length > 0 && { cookies }),
    headers,
    ...(queryStringParameters !== undefined && { queryStringParameters }),
    requestContext: requestContext(input, path),
    ...(Object.keys(route.pathParameters).length > 0 && { pathParameters: route.pathParameters }),
    ...(body.length > 0 && { body: body.toString(isBase64Encoded ? 'base64' : 'utf8') }),
    isBase64Encoded,
  };
}

function requestContext(input: ProxyEventInput, path: string): Record<string, unknown> {
  const { request, route, receivedAt } = input;
  // $context.domainName: "should be the same as the incoming Host header".
  const domainName = (request.headers.host ?? 'localhost').replace(/:\d+$/, '');
  return {
    accountId: input.accountId,
    apiId: input.apiId,
    domainName,
    domainPrefix: domainName.split('.')[0] ?? domainName,
    http: {
      method: request.method,
      path,
      protocol: `HTTP/${request.httpVersion}`,
      sourceIp: sourceIpOf(request),
      userAgent: request.headers['user-agent'] ?? '',
    },
    requestId: input.requestId,
    routeKey: route.routeKey,
    stage: '$default',
    time: commonLogTime(receivedAt),
    timeEpoch: receivedAt.getTime(),
  };
}

/** Headers about one connection, which no proxy passes on (RFC 9110, 7.6.1), and `Expect`. */
const connectionHeaders = new Set([
  'connection',
  'expect',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function readHeaders(request: IncomingMessage, bodyLength: number, receivedAt: Date) {
  const headers = new Map<string, string>();
  const cookies: string[] = [];
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = (raw[index] ?? '').toLowerCase();
    const value = raw[index + 1] ?? '';
    if (name === 'cookie') {
      cookies.push(...value.split(/; */).filter((cookie) => cookie !== ''));
    } else if (!connectionHeaders.has(name)) {
      const earlier = headers.get(name);
      headers.set(name, earlier === undefined ? value : `${earlier},${value}`);
    }
  }

  // The gateway reads the whole body first, so functions see a length even for GET and chunks.
  headers.set('content-length', String(bodyLength));
  if (!/\bRoot=/i.test(headers.get('x-amzn-trace-id') ?? '')) {
    headers.set('x-amzn-trace-id', newTraceId(receivedAt));
  }
  const forwardedFor = headers.get('x-forwarded-for');
  const sourceIp = sourceIpOf(request);
  headers.set('x-forwarded-for', forwardedFor ? `${forwardedFor}, ${sourceIp}` : sourceIp);
  headers.set('x-forwarded-port', String(request.socket.localPort ?? 80));
  headers.set('x-forwarded-proto', 'http');
  return { headers: Object.fromEntries(headers), cookies };
}

function readQuery(rawQueryString: string): Record<string, string> | undefined {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQueryString)) {
    const earlier = parameters.get(name);
    parameters.set(name, earlier === undefined ? value : `${earlier},${value}`);
  }
  return parameters.size === 0 ? undefined : Object.fromEntries(parameters);
}

/**
 * AWS only says that "binary" types are base64-encoded. Measured on the real service in
 * https://github.com/ministackorg/ministack/pull/766: text/* and the three types below arrive as
 * text; everything else as base64, a missing content type and curl's default
 * application/x-www-form-urlencoded included. Structured suffixes (+json, +xml) are not among
 * the text types.
 */
function isText(contentType: string | undefined): boolean {
  const mediaType = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  return mediaType.startsWith('text/') || textTypes.has(mediaType);
}

const textTypes = new Set(['application/json', 'application/javascript', 'application/xml']);

function sourceIpOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '127.0.0.1').replace(/^::ffff:/, '');
}

function newTraceId(at: Date): string {
  const seconds = Math.floor(at.getTime() / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomBytes(12).toString('hex')}`;
}

const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

function commonLogTime(date: Date): string {
  const [day, time] = date.toISOString().split('T');
  const [year, month, dayOfMonth] = (day ?? '').split('-');
  return `${dayOfMonth}/${months[Number(month) - 1]}/${year}:${time?.slice(0, 8)} +0000`;
}
