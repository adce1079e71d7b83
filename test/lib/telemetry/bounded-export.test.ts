import dns from 'node:dns';
import { setImmediate as loopTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { TokenSource } from '../../../lib/telemetry/config.ts';
import { createToken } from '../../../lib/telemetry/token.ts';
import { flushTo } from './flush-target.ts';
import {
  type Behaviour,
  firstOnly,
  type OtlpBackend,
  respond,
  startBackend,
} from './otlp-backend.ts';

const tracesOf = ({ requests }: OtlpBackend) =>
  requests.filter(({ path }) => path.endsWith('traces'));

describe('given up at once, since the backend may have taken it', () => {
  const refusals: [string, Behaviour, string][] = [
    ['401 to a token of the environment', 401, 'http_401'],
    ['500', 500, 'http_500'],
    ['a reset on a fresh connection', 'reset', 'ECONNRESET'],
    [
      'an answer that is no HTTP',
      (request) => void request.socket.end('hello\r\n\r\n'),
      'HPE_INVALID_CONSTANT',
    ],
  ];
  it.for(refusals)('%s', async ([, behaviour, reason]) => {
    const backend = await startBackend(behaviour);
    const target = await flushTo(backend.endpoint);
    target.record(2);
    expect(await target.flush()).toBeLessThan(2_000);
    expect(target.dropped).toEqual({
      traces: { reason, items: 2 },
      logs: { reason, items: 2 },
      metrics: { reason, items: 1 },
    });
    expect(target.warnings).toContain(
      `Telemetry export failed: ${reason}. 2 items of traces were given up.`,
    );
    expect(target.warnings.join()).not.toContain('token-1');
    expect(backend.requests).toHaveLength(3);
    backend.behave('take');
    await target.flush();
    expect(backend.store.spans()).toEqual([]);
  });

  it('a redirect, which is not followed: the token goes to one origin only', async () => {
    const elsewhere = await startBackend();
    const location = `${elsewhere.endpoint}/v1/traces`;
    const { endpoint } = await startBackend(respond(307, '', { location }));
    const target = await flushTo(endpoint);
    target.record();
    await target.flush();
    expect(target.dropped.traces).toEqual({ reason: 'http_307', items: 1 });
    expect(elsewhere.requests).toEqual([]);
  });
});

describe('holds a flush no longer than its bound', () => {
  const drip: Behaviour = (request, response) => {
    request.resume();
    response.writeHead(413);
    const timer = setInterval(() => response.write('.'), 50);
    response.on('close', () => clearInterval(timer));
  };
  const slow: [string, Behaviour][] = [
    ['hangs', 'hang'],
    ['answers drop by drop', drip],
  ];
  it.concurrent.for(slow)('a backend that %s', async ([, behaviour], context) => {
    const { onTestFinished: onFinished } = context;
    const { endpoint, requests } = await startBackend(behaviour, { onFinished });
    const target = await flushTo(endpoint);
    target.record();
    context.expect(await target.flush(500)).toBeLessThan(1_000);
    context.expect(target.dropped).toEqual({});
    // The attempt itself ends after 2 s, and is not made again.
    await vi.waitFor(() => context.expect(Object.keys(target.dropped)).toHaveLength(3), {
      timeout: 6_000,
    });
    context.expect(requests).toHaveLength(3);
    if (behaviour === 'hang') {
      context.expect(target.dropped.traces).toEqual({ reason: 'timeout', items: 1 });
    }
  });

  it('a freeze is none of its time, nor is a second one right after it', async () => {
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const answers: (() => void)[] = [];
    const backend = await startBackend((_request, _response, take) => void answers.push(take));
    const target = await flushTo(backend.endpoint);
    target.record();
    const flushed = target.flush(600_000);
    await target.written(600_000);
    while (answers.length < 3) await loopTurn();
    for (const ranMs of [2_000, 500, 500]) {
      // Timers stand still in a freeze, and the clock does not.
      vi.setSystemTime(Date.now() + 60_000);
      vi.advanceTimersByTime(ranMs);
      await loopTurn();
    }
    for (const take of answers) take();
    await flushed;
    expect(target.dropped).toEqual({});
    expect(backend.store.spans()).toHaveLength(1);
  });

  it('OTEL_EXPORTER_OTLP_TIMEOUT lowers the time of an attempt', async () => {
    const { endpoint } = await startBackend('hang');
    const target = await flushTo(endpoint, { OTEL_EXPORTER_OTLP_TIMEOUT: '100' });
    target.record();
    expect(await target.flush()).toBeLessThan(1_500);
    expect(target.dropped.traces?.reason).toBe('timeout');
  });
});

describe('sent again within the bound', () => {
  it.concurrent.for([
    ['429 with Retry-After', respond(429, '{}', { 'retry-after': '1' })],
    ['503', respond(503)],
    ['502', respond(502)],
  ] as const)('%s', async ([, behaviour], { expect, onTestFinished: onFinished }) => {
    const backend = await startBackend(firstOnly(behaviour), { onFinished });
    const target = await flushTo(backend.endpoint);
    target.record();
    await target.flush(10_000);
    expect(backend.store.spans()).toHaveLength(1);
    expect(tracesOf(backend)).toHaveLength(2);
    expect(target.dropped).toEqual({});
    const [first, second] = tracesOf(backend);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThan(700);
  });

  it('a used connection that ended before any byte of an answer', async () => {
    const backend = await startBackend();
    const target = await flushTo(backend.endpoint);
    target.record();
    await target.flush();
    backend.behave(firstOnly((request) => void request.socket.destroy()));
    target.record();
    await target.flush(10_000);
    expect(backend.store.spans()).toHaveLength(2);
    expect(tracesOf(backend)).toHaveLength(3);
    expect(target.dropped).toEqual({});
  });
});

describe('kept for the next flush, since the backend surely took nothing', () => {
  it('a used connection that ended before any byte of an answer, where no resend fits', async () => {
    const backend = await startBackend();
    // Shorter than the second after which an exporter sends again.
    const target = await flushTo(backend.endpoint, { OTEL_EXPORTER_OTLP_TIMEOUT: '400' });
    target.record();
    await target.flush();
    backend.behave((request) => void request.socket.destroy());
    target.record();
    await target.flush();
    expect(target.dropped).toEqual({});
    backend.behave('take');
    await target.flush();
    expect(backend.store.spans()).toHaveLength(2);
    expect(backend.store.logs()).toHaveLength(2);
    expect(backend.store.points().map(({ value }) => value)).toEqual([1, 1]);
  });

  it('429 with a Retry-After beyond the bound', async () => {
    const backend = await startBackend(respond(429, '{}', { 'retry-after': '60' }));
    const target = await flushTo(backend.endpoint);
    target.record(2);
    expect(await target.flush()).toBeLessThan(1_000);
    expect(target.dropped).toEqual({});
    expect(target.warnings).toContain(
      'Telemetry export failed: http_429. 2 items of traces were kept for later.',
    );
    backend.behave('take');
    target.record();
    await target.flush();
    expect(backend.store.spans()).toHaveLength(3);
    expect(backend.store.points().map(({ value }) => value)).toEqual([2, 1]);
  });

  it('a name that does not resolve', async () => {
    const backend = await startBackend();
    const { port } = new URL(backend.endpoint);
    let known = false;
    const lookup = vi.spyOn(dns, 'lookup').mockImplementation(((
      _host: string,
      { all }: { all?: boolean },
      done: (...args: unknown[]) => void,
    ) => {
      const found = { address: '127.0.0.1', family: 4 };
      if (!known) process.nextTick(done, Object.assign(new Error('x'), { code: 'ENOTFOUND' }));
      else if (all) process.nextTick(done, null, [found]);
      else process.nextTick(done, null, found.address, found.family);
    }) as never);
    onTestFinished(() => lookup.mockRestore());
    const target = await flushTo(`http://backend.test:${port}/otlp`);
    target.record();
    await target.flush();
    expect(target.dropped).toEqual({});
    expect(target.warnings.join()).toContain('ENOTFOUND. 1 items of traces were kept for later.');
    known = true;
    await target.flush();
    expect(backend.store.spans()).toHaveLength(1);
    expect(backend.store.points()).toMatchObject([{ value: 1 }]);
  });

  it('a refused connection', async () => {
    const gone: (() => Promise<void>)[] = [];
    const { endpoint } = await startBackend('take', { onFinished: (stop) => gone.push(stop) });
    for (const stop of gone) await stop();
    const target = await flushTo(endpoint);
    target.record();
    expect(await target.flush()).toBeLessThan(3_500);
    expect(target.dropped).toEqual({});
    const { store } = await startBackend('take', { port: Number(new URL(endpoint).port) });
    await target.flush();
    expect(store.spans()).toHaveLength(1);
    expect(store.logs()).toHaveLength(1);
    expect(store.points()).toMatchObject([{ value: 1 }]);
  });
});

describe('401 to a token that may be replaced', () => {
  it.for(['parameter', 'secret'])('of a %s: kept, also where it was just read', async (kind) => {
    const backend = await startBackend(401);
    let reads = 0;
    const source = kind === 'parameter' ? { kind, name: '/token' } : { kind, arn: 'arn' };
    const token = createToken(source as TokenSource, async () => {
      reads += 1;
      return `token-${reads}`;
    });
    const target = await flushTo(backend.endpoint, {}, token);
    for (let count = 0; count < 2; count += 1) {
      target.record();
      await target.flush();
    }
    expect(reads).toBe(2);
    expect(target.dropped).toEqual({});
    backend.behave('take');
    await target.flush();
    expect(backend.store.spans()).toHaveLength(2);
    expect(backend.store.logs()).toHaveLength(2);
    expect(backend.store.points().map(({ value }) => value)).toEqual([1, 1]);
  });

  it('not to the headers of a standard endpoint: given up', async () => {
    const backend = await startBackend(401);
    const token = createToken({ kind: 'parameter', name: '/token' }, async () => 'token-1');
    const environment = { OTEL_EXPORTER_OTLP_ENDPOINT: backend.endpoint };
    const target = await flushTo(backend.endpoint, environment, token);
    target.record();
    await target.flush();
    expect(target.dropped.traces).toEqual({ reason: 'http_401', items: 1 });
  });
});

it('a token that is no header value breaks nothing and is not shown', async () => {
  const { endpoint, requests } = await startBackend();
  const bad = 'secret\n1';
  const target = await flushTo(
    endpoint,
    {},
    {
      prefetch: () => {},
      get: async () => bad,
      refresh: () => false,
    },
  );
  target.record();
  expect(await target.flush()).toBeLessThan(1_000);
  expect(requests).toEqual([]);
  expect(target.dropped.traces?.items).toBe(1);
  expect(JSON.stringify([target.warnings, target.dropped])).not.toContain('secret');
});
