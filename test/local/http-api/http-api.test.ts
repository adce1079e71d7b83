import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { describe, expect, test, vi } from 'vitest';
import { createHttpApi, type HttpApiOptions } from '../../../local/http-api/http-api.ts';
import { serve } from './serve.ts';

const routes = [
  { method: 'POST', path: '/tasks/{task}', functionName: 'enqueue-task' },
  { method: 'GET', path: '/health', functionName: 'health' },
  { method: 'ANY', path: '/files/{proxy+}', functionName: 'files' },
];

/** An API whose functions answer with the event that they got. */
async function start(options: Partial<HttpApiOptions> = {}) {
  const invoke = vi.fn<HttpApiOptions['invoke']>(async (_, event) => ({
    payload: JSON.stringify({ statusCode: 200, body: event }),
  }));
  const url = await serve(createHttpApi({ routes, invoke, ...options }));
  const send = async (path: string, init?: RequestInit) => {
    const response = await fetch(url + path, init);
    return (await response.json()) as APIGatewayProxyEventV2;
  };
  return { url, invoke, send };
}

const answering = (answer: unknown): HttpApiOptions['invoke'] => {
  return async () => ({ payload: JSON.stringify(answer) });
};

/** What a client gets that sends all of its request before it reads, as few do but some must. */
async function exchange(url: string, head: string[], body = ''): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const lines = [...head, 'Host: localhost', 'Connection: close', '', ''];
  socket.write(lines.join('\r\n') + body);
  return await text(socket);
}

describe('the event of payload format 2.0', () => {
  test('is complete and exact', async () => {
    const { url, invoke } = await start({ accountId: '123456789012', apiId: 'abc' });
    const before = Date.now();
    const target = new URL('/tasks/process%20order?a=1&a=2&b=x%20y+z', url);
    const request = httpRequest(target, {
      method: 'POST',
      headers: [
        ['Host', 'shop.example.com:3000'],
        ['Content-Type', 'application/json'],
        ['User-Agent', 'test/1'],
        ['X-Twice', 'one'],
        ['x-twice', 'two'],
        ['Cookie', 'c1=1; c2=2'],
        ['Connection', 'close'],
        ['X-Forwarded-For', '203.0.113.9'],
      ].flat(),
    });
    request.end('{"order_id":"o-1"}');
    const [response] = await once(request, 'response');
    await text(response);

    expect(invoke).toHaveBeenCalledExactlyOnceWith('enqueue-task', expect.any(String));
    const event: APIGatewayProxyEventV2 = JSON.parse(invoke.mock.calls[0]?.[1] ?? '');
    const { timeEpoch, time, requestId } = event.requestContext;
    expect(event).toEqual({
      version: '2.0',
      routeKey: 'POST /tasks/{task}',
      rawPath: '/tasks/process order',
      rawQueryString: 'a=1&a=2&b=x%20y+z',
      cookies: ['c1=1', 'c2=2'],
      headers: {
        host: 'shop.example.com:3000',
        'content-type': 'application/json',
        'content-length': '18',
        'user-agent': 'test/1',
        'x-twice': 'one,two',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '203.0.113.9, 127.0.0.1',
        'x-forwarded-port': new URL(url).port,
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { a: '1,2', b: 'x y z' },
      requestContext: {
        accountId: '123456789012',
        apiId: 'abc',
        domainName: 'shop.example.com',
        domainPrefix: 'shop',
        http: {
          method: 'POST',
          path: '/tasks/process order',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: expect.stringMatching(/^[\w-]{15}=$/),
        routeKey: 'POST /tasks/{task}',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      pathParameters: { task: 'process order' },
      body: '{"order_id":"o-1"}',
      isBase64Encoded: false,
    });
    expect(timeEpoch).toBeGreaterThanOrEqual(before);
    expect(Date.parse(time.replaceAll('/', ' ').replace(':', ' '))).toBe(
      Math.floor(timeEpoch / 1000) * 1000,
    );
    expect(response.headers['apigw-requestid']).toBe(requestId);
  });

  test('has no keys for what is not there', async () => {
    const { send } = await start();
    const event = await send('/health');
    expect(Object.keys(event).sort()).toEqual(
      [
        'headers',
        'isBase64Encoded',
        'rawPath',
        'rawQueryString',
        'requestContext',
        'routeKey',
        'version',
      ].sort(),
    );
    expect(event.isBase64Encoded).toBe(false);
    expect(event.rawQueryString).toBe('');
    expect(event.headers['content-length']).toBe('0');
  });

  test('keeps the trace id of a caller that has one', async () => {
    const { send } = await start();
    const traceId = 'Root=1-67891233-abcdef012345678912345678;Sampled=1';
    const event = await send('/health', { headers: { 'X-Amzn-Trace-Id': traceId } });
    expect(event.headers['x-amzn-trace-id']).toBe(traceId);
  });

  test.each([
    ['text/plain', false],
    ['TEXT/CSV; charset=utf-8', false],
    ['application/json', false],
    ['application/json; charset=utf-8', false],
    ['application/javascript', false],
    ['application/xml', false],
    ['application/x-www-form-urlencoded', true],
    ['application/vnd.api+json', true],
    ['application/octet-stream', true],
    ['image/png', true],
  ])('a body of %s has isBase64Encoded %s', async (contentType, isBase64Encoded) => {
    const { send } = await start();
    const body = '{"ä":1}';
    const event = await send('/tasks/t', {
      method: 'POST',
      headers: { 'content-type': contentType },
      body,
    });
    expect(event.isBase64Encoded).toBe(isBase64Encoded);
    expect(event.body).toBe(isBase64Encoded ? Buffer.from(body).toString('base64') : body);
  });

  test('a body without a content type is base64, and chunks get a length', async () => {
    const { url, invoke } = await start();
    const request = httpRequest(new URL('/tasks/t', url), { method: 'POST' });
    request.write('ab');
    request.end('c');
    await once(request, 'response');
    const event = JSON.parse(invoke.mock.calls[0]?.[1] ?? '');
    expect(event).toMatchObject({ body: 'YWJj', isBase64Encoded: true });
    expect(event.headers['content-length']).toBe('3');
    expect(event.headers).not.toHaveProperty('transfer-encoding');
  });
});

describe('the answers of the gateway itself', () => {
  test.each([
    ['GET', '/nowhere'],
    ['GET', '/tasks/t'],
    ['OPTIONS', '/health'],
  ])('%s %s has no route: 404', async (method, path) => {
    const { url, invoke } = await start();
    const response = await fetch(url + path, { method });
    expect(response.status).toBe(404);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.text()).toBe('{"message":"Not Found"}');
    expect(response.headers.get('apigw-requestid')).toMatch(/=$/);
    expect(invoke).not.toHaveBeenCalled();
  });

  const size = 10 * 1024 * 1024 + 1;
  test.each([
    ['with a length', `Content-Length: ${size}`, 'a'.repeat(size)],
    [
      'in chunks',
      'Transfer-Encoding: chunked',
      `${size.toString(16)}\r\n${'a'.repeat(size)}\r\n0\r\n\r\n`,
    ],
  ])('a client sees the 413 of a body over 10 MB %s', async (_, framing, body) => {
    const { url, invoke } = await start();
    // A reset on the way would reject here, as curl would show it in place of the answer.
    const answer = await exchange(url, ['POST /tasks/t HTTP/1.1', framing], body);
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    expect(answer).toContain('{"message":"Request Entity Too Large"}');
    expect(invoke).not.toHaveBeenCalled();
  });

  test('a client sees the 404 of a request with a large body', async () => {
    const { url } = await start();
    const head = ['POST /nowhere HTTP/1.1', `Content-Length: ${size}`];
    const answer = await exchange(url, head, 'a'.repeat(size));
    expect(answer).toMatch(/^HTTP\/1.1 404 /);
  });

  test('10 MB exactly is taken', async () => {
    const { url } = await start({ invoke: answering({ statusCode: 204 }) });
    const body = Buffer.alloc(10 * 1024 * 1024, 'a');
    const response = await fetch(`${url}/tasks/t`, { method: 'POST', body });
    expect(response.status).toBe(204);
  });

  test.each<[string, HttpApiOptions['invoke'], number, string]>([
    [
      'a function that failed',
      async () => ({ payload: '{"errorMessage":"x"}', functionError: 'Unhandled' }),
      500,
      'Internal Server Error',
    ],
    ['a malformed answer', answering({ statusCode: 'x' }), 500, 'Internal Server Error'],
    [
      'an Invoke that was throttled',
      () => Promise.reject(Object.assign(new Error(), { name: 'TooManyRequestsException' })),
      503,
      'Service Unavailable',
    ],
    [
      'an Invoke that failed',
      () => Promise.reject(new Error('no such function')),
      500,
      'Internal Server Error',
    ],
    ['a function over the limit', () => new Promise(() => {}), 503, 'Service Unavailable'],
  ])('%s', async (_, invoke, status, message) => {
    const { url } = await start({ invoke, integrationTimeoutMs: 50 });
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(status);
    expect(await response.json()).toEqual({ message });
  });
});

describe('the answers of functions', () => {
  test('status, headers, cookies and a binary body reach the client', async () => {
    const { url } = await start({
      invoke: answering({
        statusCode: 201,
        headers: { 'Content-Type': 'image/png', Location: '/x' },
        cookies: ['a=1', 'b=2'],
        body: 'AP8=',
        isBase64Encoded: true,
      }),
    });
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('location')).toBe('/x');
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([0, 255]));
  });

  test('an answer without a statusCode is the body', async () => {
    const { url } = await start({ invoke: answering({ hello: 'world' }) });
    const response = await fetch(`${url}/health`);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual({ hello: 'world' });
  });

  test('a 204 has no body and no length', async () => {
    const { url } = await start({ invoke: answering({ statusCode: 204 }) });
    const answer = await exchange(url, ['GET /health HTTP/1.1']);
    expect(answer).toMatch(/^HTTP\/1.1 204 /);
    expect(answer.toLowerCase()).not.toContain('content-length');
    expect(answer).toMatch(/\r\n\r\n$/);
  });
});

describe('clients that leave', () => {
  test('in the middle of the body, or before the answer, harm nobody', async () => {
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const invoked = Promise.withResolvers<void>();
    const { url } = await start({
      invoke: async (name) => {
        invoked.resolve();
        if (name === 'health') await held;
        return { payload: '{}' };
      },
    });
    const port = Number(new URL(url).port);

    const half = connect(port, '127.0.0.1');
    half.write('POST /tasks/t HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc', () =>
      half.resetAndDestroy(),
    );
    await once(half, 'close');
    const early = connect(port, '127.0.0.1');
    early.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    await invoked.promise;
    early.resetAndDestroy();
    await once(early, 'close');
    release();

    const response = await fetch(`${url}/files/a`);
    expect(response.status).toBe(200);
  });
});
