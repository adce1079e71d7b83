import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startDepth } from './start-depth.ts';

interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** Where heartbeats go, with a secret in its path. */
async function startMonitor(
  answer: (response: ServerResponse) => void = (response) => void response.end('ok'),
) {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      received.push({ method, url, headers, body });
      answer(response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { received, url: `http://127.0.0.1:${port}/heartbeat/s3cr3t-id`, server };
}

async function start(heartbeatUrl: { value: string } | { parameter: string }) {
  const depth = await startDepth({ heartbeatUrl });
  depth.aws.queues.set('app-a', { visible: 3 });
  return depth;
}

it('is one GET without a body and without Accept-Encoding, when a queue was read', async () => {
  const { received, url } = await startMonitor();
  const { run, warnings } = await start({ value: url });
  await run();
  expect(received).toMatchObject([{ method: 'GET', url: '/heartbeat/s3cr3t-id', body: '' }]);
  for (const header of [
    'accept-encoding',
    'content-encoding',
    'content-length',
    'transfer-encoding',
  ]) {
    expect(received[0]?.headers).not.toHaveProperty([header]);
  }
  expect(warnings()).toEqual([]);
});

it('is sent when one of the queues was read, and not when none was', async () => {
  const { received, url } = await startMonitor();
  const { aws, run } = await start({ value: url });
  aws.queues.set('app-b', {});
  aws.fail('GetQueueAttributes', 'deny', { of: 'app-b' });
  await run({ time: '2026-03-01T12:00:00Z' });
  expect(received).toHaveLength(1);
  aws.fail('GetQueueAttributes', 'deny');
  await run({ time: '2026-03-01T12:01:00Z' });
  expect(received).toHaveLength(1);
});

it('is not sent when the queues could not be listed, or when there are none', async () => {
  const { received, url } = await startMonitor();
  const { aws, run } = await start({ value: url });
  aws.fail('ListQueues', 'deny', { times: 1 });
  await run({ time: '2026-03-01T12:00:00Z' });
  aws.queues.clear();
  await run({ time: '2026-03-01T12:01:00Z' });
  expect(received).toEqual([]);
});

it('comes after the flush: it says that telemetry was tried, too', async () => {
  const order: string[] = [];
  const { url, server } = await startMonitor();
  const { run, backend } = await start({ value: url });
  server.on('request', () => void order.push('heartbeat'));
  backend.store.subscribe(() => void order.push('telemetry'));
  await run();
  expect(order.at(-1)).toBe('heartbeat');
  expect(order).toContain('telemetry');
});

it('is not sent when the backend did not take the gauges, and is when it takes them again', async () => {
  const { received, url } = await startMonitor();
  const { run, backend } = await start({ value: url });
  backend.behave(401);
  await run();
  expect(received).toEqual([]);
  backend.behave('take');
  await run();
  expect(received).toHaveLength(1);
});

it('its address may be in an SSM parameter', async () => {
  const { received, url } = await startMonitor();
  const { aws, run } = await start({ parameter: '/app/heartbeat' });
  aws.parameters.set('/app/heartbeat', `${url}\n`);
  await run();
  expect(received).toMatchObject([{ url: '/heartbeat/s3cr3t-id' }]);
});

it('does not follow a redirect, which is a warning', async () => {
  const elsewhere = await startMonitor();
  const { url } = await startMonitor((response) =>
    response.writeHead(302, { location: elsewhere.url }).end(),
  );
  const { run, warnings, lines } = await start({ value: url });
  await run();
  expect(elsewhere.received).toEqual([]);
  expect(warnings()).toEqual(['the heartbeat was not taken']);
  expect(lines.join()).toContain('"error.type":"302"');
});

it('is given up after 3 s', async () => {
  const timeout = AbortSignal.timeout.bind(AbortSignal);
  const bounds: number[] = [];
  vi.spyOn(AbortSignal, 'timeout').mockImplementation((ms) => {
    bounds.push(ms);
    return timeout(20);
  });
  const { received, url } = await startMonitor(() => {});
  const { run, warnings } = await start({ value: url });
  await run();
  expect(received).toHaveLength(1);
  expect(bounds).toContain(3_000);
  expect(warnings()).toEqual(['the heartbeat was not taken']);
});

it.each<[string, (url: string) => string]>([
  ['a host that is not there', () => 'http://127.0.0.1:1/heartbeat/s3cr3t-id'],
  ['what is no URL', () => 's3cr3t-id'],
  ['a URL of another protocol', () => 'ftp://127.0.0.1/s3cr3t-id'],
  ['a monitor that fails', (url) => url],
])('%s is a warning that does not name the address', async (_, addressOf) => {
  const { url } = await startMonitor((response) => void response.writeHead(500).end());
  const { run, backend, lines, warnings } = await start({ value: addressOf(url) });
  await run();
  await run({ time: new Date(Date.now() + 60_000).toISOString() });
  expect(warnings()).toContain('the heartbeat was not taken');
  const said = JSON.stringify([
    lines,
    backend.store.logs().map(({ body, attributes }) => [body, attributes]),
  ]);
  expect(said).not.toContain('s3cr3t-id');
  const spans = backend.store.spans().map(({ name, attributes }) => [name, attributes]);
  expect(JSON.stringify(spans)).not.toContain('s3cr3t-id');
});

it('an SSM parameter that cannot be read is a warning, and is read again', async () => {
  const { received, url } = await startMonitor();
  const { aws, run, warnings } = await start({ parameter: '/app/heartbeat' });
  await run({ time: '2026-03-01T12:00:00Z' });
  await run({ time: '2026-03-01T12:00:01Z' });
  expect(received).toEqual([]);
  expect(warnings()).toContain('the heartbeat was not taken');
  aws.parameters.set('/app/heartbeat', url);
  await run({ time: '2026-03-01T12:01:00Z' });
  expect(received).toHaveLength(1);
});
