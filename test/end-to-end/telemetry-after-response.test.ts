import { describe, expect, it } from 'vitest';
import { type Behaviour, type OtlpBackend, startBackend } from '../lib/telemetry/otlp-backend.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { startService, useBundles } from './telemetry-service.ts';

const bundles = useBundles('scripted', 'behind-proxy', 'enqueue-task');

interface Given {
  bundle?: string;
  environment?: Record<string, string>;
  timeoutSeconds?: number;
}

function start(backend: OtlpBackend, { bundle = 'scripted', environment, ...rest }: Given = {}) {
  return startService({
    bundleDirectory: bundles(),
    bundle,
    environment: {
      ONEUPTIME_ENDPOINT: backend.endpoint,
      ONEUPTIME_TOKEN: 'token-1',
      ...environment,
    },
    ...rest,
  });
}

const names = ({ store }: OtlpBackend) => store.spans().map(({ name }) => name);
const slow: Behaviour = (_request, _response, take) => void setTimeout(take, 400);

describe('after the response', () => {
  it('the response has left the instance before anything is done for the telemetry', async () => {
    const backend = await startBackend();
    const noted = new URL('note-finished-requests.mjs', import.meta.url).href;
    const service = start(backend, { environment: { NODE_OPTIONS: `--import=${noted}` } });
    for (let count = 1; count <= 10; count += 1) {
      service.output.length = 0;
      // The extension has long had its event, and begins at the handler's end.
      const { payload } = await service.invoke({ name: `n${count}`, noteReads: true, workMs: 50 });
      expect(payload).toBe(`"n${count}"`);
      const events = await waitUntil('all said', () => {
        const said = service.output
          .map((line) => /^handed over: .*\/(\w+)$/.exec(line)?.[1] ?? line)
          .filter((event) => event !== 'register');
        return said.length >= 6 && said;
      });
      await service.idle();
      // Kept by the handler, and serialized when the caller has the answer.
      expect(events.slice(0, 3)).toEqual(['body read', 'response', 'body read']);
      expect(events.slice(3).toSorted()).toEqual(['logs', 'metrics', 'traces']);
    }
    expect(names(backend)).toHaveLength(10);
  });

  it('a slow backend holds the instance and not the caller; all has arrived when it is free', async () => {
    const backend = await startBackend(slow);
    const service = start(backend);
    await service.run();
    const { responseMs, billedMs } = await service.run();
    expect(billedMs - responseMs).toBeGreaterThan(380);
    expect(responseMs).toBeLessThan(380);
    expect(names(backend)).toHaveLength(2);
    expect(backend.store.logs()).toHaveLength(2);
    expect(backend.store.points().map(({ value }) => value)).toEqual([1, 1]);
  });

  it('a backend that hangs holds the instance for 2.5 s at most, and no caller', async () => {
    const backend = await startBackend('hang');
    const service = start(backend);
    const { responseMs, billedMs, status } = await service.run();
    expect(status).toBe('success');
    expect(responseMs).toBeLessThan(1_000);
    expect(billedMs).toBeLessThan(4_000);
  });
});

describe('the instance is free again', () => {
  it('after a handler that throws at once', async () => {
    const backend = await startBackend();
    const service = start(backend);
    const report = await service.run({ throwAtOnce: true });
    expect(report).toMatchObject({ status: 'error' });
    expect(report.billedMs).toBeLessThan(5_000);
    expect(await service.run({ name: 'next' })).toMatchObject({
      status: 'success',
      coldStart: false,
    });
    expect(names(backend)).toEqual(['next']);
  });

  it('after an event that enqueue-task cannot read', async () => {
    const backend = await startBackend();
    const service = start(backend, {
      bundle: 'enqueue-task',
      environment: {
        QUEUES: '{"default":{"url":"http://127.0.0.1:1/000000000000/q"}}',
        AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
      },
    });
    const { status, billedMs } = await service.run({});
    expect(status).toBe('error');
    expect(billedMs).toBeLessThan(5_000);
  });

  it('200 ms before the deadline, for a handler without flushTelemetry; nothing is lost', async () => {
    const backend = await startBackend();
    const service = start(backend, { timeoutSeconds: 2 });
    const held = await service.run({ name: 'untold', withoutFlush: true });
    expect(held.status).toBe('success');
    expect(held.responseMs).toBeLessThan(1_500);
    expect(held.billedMs).toBeGreaterThan(1_500);
    expect(held.billedMs).toBeLessThan(2_000);
    expect(names(backend)).toEqual([]);
    expect(service.output.join()).toContain('use flushTelemetry');
    const next = await service.run({ name: 'told' });
    expect(next).toMatchObject({ status: 'success', coldStart: false });
    expect(next.billedMs).toBeLessThan(1_500);
    expect(names(backend)).toEqual(['untold', 'told']);
  });
});

it('before the response, a backend that hangs costs what time is left, and never the invocation', async () => {
  const backend = await startBackend('hang');
  const environment = { LEADLINE_FLUSH: 'before-response' };
  const service = start(backend, { environment, timeoutSeconds: 2 });
  const { status, responseMs } = await service.run();
  expect(status).toBe('success');
  expect(responseMs).toBeGreaterThan(1_500);
  expect(backend.requests).toHaveLength(3);
});

describe('registration', () => {
  it.for(['refused', '1500', 'managed'])(
    '%s: before the response, and every invocation works',
    async (registration) => {
      const backend = await startBackend();
      const service = start(backend, {
        bundle: 'behind-proxy',
        environment: { REGISTRATION: registration },
      });
      for (const name of ['one', 'two', 'three']) {
        const { payload } = await service.invoke({ name });
        expect(payload).toBe(`"${name}"`);
        expect(names(backend)).toContain(name);
        await service.idle();
      }
      const asked = service.output.filter((line) => line.startsWith('registration asked for'));
      expect(asked).toHaveLength(registration === 'managed' ? 0 : 1);
      expect(service.reports.map(({ coldStart }) => coldStart)).toEqual([true, false, false]);
    },
  );

  it('answered within a second: after the response', async () => {
    const backend = await startBackend(slow);
    const service = start(backend, {
      bundle: 'behind-proxy',
      environment: { REGISTRATION: '500' },
    });
    const { responseMs, billedMs } = await service.run();
    expect(billedMs - responseMs).toBeGreaterThan(380);
    expect(names(backend)).toHaveLength(1);
  });
});

it('connections that the backend closed while the instance was frozen cost nothing', async () => {
  const backend = await startBackend();
  const service = start(backend);
  await service.run({ name: 'warm' });
  for (const name of ['one', 'two', 'three']) {
    await service.idle();
    backend.closeIdleConnections();
    await expect.poll(() => backend.connections()).toBe(0);
    const { responseMs, billedMs } = await service.run({ name });
    expect(billedMs - responseMs).toBeLessThan(200);
  }
  expect(names(backend)).toEqual(['warm', 'one', 'two', 'three']);
  expect(backend.store.logs()).toHaveLength(4);
  expect(backend.store.points().map(({ metric }) => metric)).toEqual(Array(4).fill('runs'));
});

it('with neither a token nor an endpoint nothing is sent, and one warning says so', async () => {
  const service = startService({ bundleDirectory: bundles(), bundle: 'scripted', environment: {} });
  for (const name of ['one', 'two'])
    expect(await service.run({ name })).toMatchObject({ status: 'success' });
  const warnings = service.output.filter((line) => line.includes('WARN'));
  expect(warnings).toEqual([expect.stringContaining('set ONEUPTIME_TOKEN')]);
});
