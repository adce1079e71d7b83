import { channel } from 'node:diagnostics_channel';
import { type ClientRequest, createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import {
  type ExtensionOptions,
  type InvokeEvent,
  registerExtension,
} from '../../../lib/telemetry/lambda-extension.ts';

/** An Extensions API whose answers the test gives. */
async function startApi() {
  const registrations: { headers: object; body: string; answer: ServerResponse }[] = [];
  const polls: ServerResponse[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      if (request.url === '/2020-01-01/extension/register') {
        registrations.push({ headers: request.headers, body, answer: response });
      } else {
        expect(request.headers['lambda-extension-identifier']).toBe('id-1');
        polls.push(response);
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const runtimeApi = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const until = <T>(list: T[], count: number) =>
    vi.waitFor(
      () => {
        expect(list).toHaveLength(count);
        return list[count - 1] as T;
      },
      { timeout: 5_000 },
    );
  return {
    registration: () => until(registrations, 1),
    poll: (count: number) => until(polls, count),
    register: (options: Partial<ExtensionOptions> = {}) =>
      registerExtension({ runtimeApi, ...options }),
  };
}

const accept = (response: ServerResponse) =>
  response.writeHead(200, { 'Lambda-Extension-Identifier': 'id-1' }).end('{"accountId":"1"}');
const event = (requestId: string): string => JSON.stringify({ requestId, deadlineMs: 1 });

it('registers for INVOKE alone, and asks for the account', async () => {
  const api = await startApi();
  const registered = api.register();
  const { headers, body, answer } = await api.registration();
  expect(headers).toMatchObject({
    'lambda-extension-name': 'leadline',
    'lambda-extension-accept-feature': 'accountId',
  });
  expect(JSON.parse(body)).toEqual({ events: ['INVOKE'] });
  accept(answer);
  expect((await registered)?.accountId).toBe('1');
});

it('no request has a timeout: an instance may be frozen, or an invocation last, for as long as it likes', async () => {
  const requests: ClientRequest[] = [];
  const started = channel('http.client.request.start');
  const onStart = (message: unknown) =>
    void requests.push((message as { request: ClientRequest }).request);
  started.subscribe(onStart);
  onTestFinished(() => void started.unsubscribe(onStart));
  const api = await startApi();
  const registered = api.register();
  accept((await api.registration()).answer);
  const events: InvokeEvent[] = [];
  const run = async (invoke: InvokeEvent) => void events.push(invoke);
  (await registered)?.run(run, () => {});
  const poll = await api.poll(1);
  expect(requests).toHaveLength(2);
  for (const request of requests) {
    expect((request as { timeout?: number }).timeout).toBeUndefined();
    expect(request.socket?.timeout ?? 0).toBe(0);
  }
  poll.writeHead(200).end(event('r-1'));
  await api.poll(2);
  expect(events).toEqual([{ requestId: 'r-1', deadlineMs: 1 }]);
});

it('asks again whatever happens: a handler of events that rejects, an answer that makes no sense', async () => {
  const api = await startApi();
  const registered = api.register();
  accept((await api.registration()).answer);
  const seen: string[] = [];
  (await registered)?.run(
    async ({ requestId }) => {
      seen.push(requestId);
      if (requestId === 'bad') throw new Error('bad');
    },
    () => {},
  );
  (await api.poll(1)).writeHead(200).end(event('bad'));
  (await api.poll(2)).writeHead(500).end();
  (await api.poll(3)).writeHead(200).end('garbage');
  (await api.poll(4)).socket?.destroy();
  (await api.poll(5)).writeHead(200).end(event('good'));
  await api.poll(6);
  expect(seen).toEqual(['bad', 'good']);
});

it('an answer that comes too late is still polled for: Lambda’s init waits for it', async () => {
  const api = await startApi();
  const registered = api.register({ timeoutMs: 20 });
  const { answer } = await api.registration();
  expect(await registered).toBeUndefined();
  accept(answer);
  (await api.poll(1)).writeHead(200).end(event('r-1'));
  await api.poll(2);
});

it.each([403, 500])('refused with %i: no extension', async (status) => {
  const api = await startApi();
  const registered = api.register();
  (await api.registration()).answer.writeHead(status).end('{}');
  expect(await registered).toBeUndefined();
});

it('an API that is not there: no extension', async () => {
  expect(await registerExtension({ runtimeApi: '127.0.0.1:1' })).toBeUndefined();
});
