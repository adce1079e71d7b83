import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createOtlpRelay, type OtlpRelayOptions } from '../../../local/otlp/otlp-relay.ts';
import { createRelayQueue } from '../../../local/otlp/relay-queue.ts';
import { serve } from '../http-api/serve.ts';

const token = 'b1946ac9-secret';

interface Received {
  url: string;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A backend that answers each request by the next of the given functions, the last one for good. */
async function backend(...answers: ((response: ServerResponse) => void)[]) {
  const received: Received[] = [];
  const url = await serve(async (request, response) => {
    const body = await buffer(request);
    const answer = answers[Math.min(received.length, answers.length - 1)] ?? status(200);
    received.push({ url: request.url ?? '', headers: request.headers, body });
    answer(response);
  });
  return { url, received };
}

const status = (code: number, headers: Record<string, string> = {}) => {
  return (response: ServerResponse) => void response.writeHead(code, headers).end('{}');
};

function relayTo(endpoint: string, options: Partial<OtlpRelayOptions> = {}) {
  const onWarning = vi.fn<(message: string) => void>();
  const relay = createOtlpRelay({ endpoint, token, minBackoffMs: 5, onWarning, ...options });
  onTestFinished(() => relay.stop());
  return { relay, onWarning };
}

const eventually = (check: () => void) => vi.waitFor(check, { timeout: 5_000, interval: 5 });
const request = (text: string) => ({ signal: 'traces' as const, body: Buffer.from(text) });
const bodiesOf = (received: Received[]) => received.map(({ body }) => body.toString());

describe('createOtlpRelay', () => {
  test('forwards body, content type and encoding unchanged with the token', async () => {
    const { url, received } = await backend(status(200));
    const { relay, onWarning } = relayTo(`${url}/otlp/`);
    const body = gzipSync('anything');
    relay.enqueue({
      signal: 'metrics',
      body,
      contentType: 'application/x-protobuf',
      contentEncoding: 'gzip',
    });
    await eventually(() => expect(relay.counts()).toEqual({ sent: 1, dropped: 0, pending: 0 }));
    expect(received).toMatchObject([
      {
        url: '/otlp/v1/metrics',
        headers: {
          'content-type': 'application/x-protobuf',
          'content-encoding': 'gzip',
          'x-oneuptime-token': token,
        },
      },
    ]);
    expect(received[0]?.body.equals(body)).toBe(true);
    expect(onWarning).not.toHaveBeenCalled();
  });

  test.each([429, 502, 503, 504])('sends again after a %d', async (code) => {
    const { url, received } = await backend(status(code), status(200));
    const { relay } = relayTo(url);
    relay.enqueue(request('a'));
    await eventually(() => expect(relay.counts()).toEqual({ sent: 1, dropped: 0, pending: 0 }));
    expect(bodiesOf(received)).toEqual(['a', 'a']);
  });

  test('sends again when nobody listened, once somebody does', async () => {
    const late = createServer((_, response) => response.end('{}'));
    await new Promise<void>((resolve) => late.listen(0, '127.0.0.1', resolve));
    const { port } = late.address() as AddressInfo;
    await new Promise((resolve) => late.close(resolve));
    const { relay, onWarning } = relayTo(`http://127.0.0.1:${port}`);
    relay.enqueue(request('a'));
    await eventually(() => expect(onWarning).toHaveBeenCalledOnce());
    expect(onWarning.mock.calls[0]?.[0]).toContain('failed (ECONNREFUSED)');
    expect(relay.counts()).toEqual({ sent: 0, dropped: 0, pending: 1 });

    await new Promise<void>((resolve) => late.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => void late.close());
    await eventually(() => expect(relay.counts().sent).toBe(1));
  });

  test.each([400, 401, 500])('gives up after a %d', async (code) => {
    const { url, received } = await backend(status(code), status(200));
    const { relay, onWarning } = relayTo(url);
    relay.enqueue(request('a'));
    relay.enqueue(request('b'));
    await eventually(() => expect(relay.counts()).toEqual({ sent: 1, dropped: 1, pending: 0 }));
    expect(received).toHaveLength(2);
    expect(onWarning).toHaveBeenCalledExactlyOnceWith(
      `Telemetry relay: ${url} answered ${code}; 1 requests dropped so far`,
    );
  });

  test('does not follow a redirect', async () => {
    const elsewhere = await backend(status(200));
    const { url } = await backend(status(307, { location: elsewhere.url }));
    const { relay } = relayTo(url);
    relay.enqueue(request('a'));
    await eventually(() => expect(relay.counts().dropped).toBe(1));
    expect(elsewhere.received).toEqual([]);
  });

  test('gives up a request whose answer does not come in time, since it may count twice', async () => {
    const { url, received } = await backend(() => {}, status(200));
    const { relay, onWarning } = relayTo(url, { attemptTimeoutMs: 30 });
    relay.enqueue(request('a'));
    await eventually(() => expect(relay.counts()).toEqual({ sent: 0, dropped: 1, pending: 0 }));
    expect(received).toHaveLength(1);
    expect(onWarning.mock.calls[0]?.[0]).toContain('failed (TimeoutError)');
  });

  test('drops the oldest when the queue is full, and still sends the newest', async () => {
    const { promise: opened, resolve: open } = Promise.withResolvers<void>();
    const { url, received } = await backend((response) => {
      void opened.then(() => response.end('{}'));
    });
    const { relay, onWarning } = relayTo(url, { maxQueuedRequests: 2 });
    // Four are on their way at a time; of the rest two have room.
    for (const text of ['1', '2', '3', '4', '5', '6', '7', '8']) relay.enqueue(request(text));
    expect(relay.counts()).toEqual({ sent: 0, dropped: 2, pending: 6 });
    expect(onWarning).toHaveBeenCalledOnce();
    open();
    await eventually(() => expect(relay.counts()).toEqual({ sent: 6, dropped: 2, pending: 0 }));
    expect(bodiesOf(received).sort()).toEqual(['1', '2', '3', '4', '7', '8']);
  });

  test('warns once an interval, however much fails, and never shows the token', async () => {
    const { url } = await backend(status(401));
    const { relay, onWarning } = relayTo(url.replace('http://', `http://user:${token}@`));
    for (let count = 0; count < 20; count += 1) relay.enqueue(request('a'));
    await eventually(() => expect(relay.counts().dropped).toBe(20));
    expect(onWarning).toHaveBeenCalledOnce();

    const chatty = relayTo(url, { warningIntervalMs: 0 });
    for (let count = 0; count < 3; count += 1) chatty.relay.enqueue(request('a'));
    await eventually(() => expect(chatty.onWarning).toHaveBeenCalledTimes(3));
    const said = [...onWarning.mock.calls, ...chatty.onWarning.mock.calls].flat().join('\n');
    expect(said).not.toContain(token);
  });

  test('refuses a token or an endpoint that cannot be sent, without showing it', () => {
    const create = (endpoint: string, secret: string) => () =>
      createOtlpRelay({ endpoint, token: secret });
    expect(create('http://x', 'bad\ntoken')).toThrow(
      'The token for the telemetry relay is empty or not printable ASCII',
    );
    expect(create('ftp://x', token)).toThrow('is not an http or https URL');
    expect(create('nonsense', token)).toThrow('is not an http or https URL');
  });
});

describe('stop', () => {
  test('sends what is waiting, also during a backoff, and takes no more', async () => {
    const { url, received } = await backend(status(503), status(200));
    const { relay, onWarning } = relayTo(url, { minBackoffMs: 60_000 });
    relay.enqueue(request('a'));
    await eventually(() => expect(onWarning).toHaveBeenCalledOnce());
    relay.enqueue(request('b'));
    await relay.stop();
    expect(bodiesOf(received)).toEqual(['a', 'a', 'b']);
    relay.enqueue(request('c'));
    expect(relay.counts()).toEqual({ sent: 2, dropped: 1, pending: 0 });
  });

  test('gives up after a second when the backend hangs', async () => {
    const { url } = await backend(() => {});
    const { relay } = relayTo(url);
    for (let count = 0; count < 10; count += 1) relay.enqueue(request('a'));
    const startedAt = performance.now();
    await relay.stop();
    const tookMs = performance.now() - startedAt;
    expect(tookMs).toBeGreaterThan(900);
    expect(tookMs).toBeLessThan(2_000);
    expect(relay.counts()).toEqual({ sent: 0, dropped: 10, pending: 0 });
  });
});

describe('createRelayQueue', () => {
  test('is bounded in bytes too; what was put back is the oldest', () => {
    const queue = createRelayQueue(10, 6);
    expect(queue.push(request('aaa'))).toBe(0);
    expect(queue.push(request('bbb'))).toBe(0);
    expect(queue.push(request('c'))).toBe(1);
    expect(queue.unshift(request('aaa'))).toBe(1);
    expect(queue.shift()?.body.toString()).toBe('bbb');
    expect(queue.push(request('over the bound'))).toBe(2);
    expect(queue.length()).toBe(0);
  });
});
