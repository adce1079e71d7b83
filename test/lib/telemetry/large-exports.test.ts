import { expect, it } from 'vitest';
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
const MEGABYTE = 1_000_000;

/** Takes requests up to so many bytes, as a gateway before a backend does. */
function upTo(bytes: number): Behaviour {
  return (request, response, take) => {
    if (Number(request.headers['content-length']) > bytes) respond(413)(request, response, take);
    else take();
  };
}

it('a request stays under 1 MB, whatever the spans and records hold', async () => {
  const backend = await startBackend();
  const target = await flushTo(backend.endpoint);
  // Three bytes a character: an estimate by characters would be three times too low.
  target.record(300, { text: '漢'.repeat(4_000) });
  await target.flush(10_000);
  expect(backend.store.spans()).toHaveLength(300);
  expect(backend.store.logs()).toHaveLength(300);
  for (const { headers } of backend.requests) {
    expect(Number(headers['content-length'])).toBeLessThan(MEGABYTE);
  }
  expect(tracesOf(backend).length).toBeGreaterThan(3);
});

it('after a 413 the halves are sent, and everything arrives once', async () => {
  const backend = await startBackend(upTo(6_000));
  const target = await flushTo(backend.endpoint);
  target.record(100);
  await target.flush(10_000);
  expect(backend.store.spans()).toHaveLength(100);
  expect(new Set(backend.store.spans().map(({ spanId }) => spanId)).size).toBe(100);
  expect(backend.store.logs()).toHaveLength(100);
  expect(target.dropped).toEqual({});
});

it('the points of one collection are halved too', async () => {
  const backend = await startBackend(upTo(3_000));
  const target = await flushTo(backend.endpoint);
  target.count(64);
  await target.flush(10_000);
  const points = backend.store.points();
  expect(points).toHaveLength(64);
  expect(new Set(points.map(({ attributes }) => attributes['series'])).size).toBe(64);
  expect(target.dropped).toEqual({});
});

it('one item that is refused is given up and counted, and the others arrive', async () => {
  const backend = await startBackend(upTo(20_000));
  const target = await flushTo(backend.endpoint);
  target.record(3);
  target.record(1, { text: 'x'.repeat(30_000) });
  target.record(3);
  await target.flush(10_000);
  expect(backend.store.spans()).toHaveLength(6);
  expect(backend.store.logs()).toHaveLength(6);
  expect(target.dropped).toEqual({
    traces: { reason: 'http_413', items: 1 },
    logs: { reason: 'http_413', items: 1 },
  });
});

it('items that are too large do not hold the others back, whatever their number', async () => {
  const backend = await startBackend(upTo(20_000));
  const target = await flushTo(backend.endpoint);
  target.record(5, { text: 'x'.repeat(30_000) });
  target.record(3);
  // The first ends after three that were refused in a row: the backend may refuse everything.
  for (let count = 0; count < 2; count += 1) await target.flush(10_000);
  expect(backend.store.spans()).toHaveLength(3);
  expect(backend.store.logs()).toHaveLength(3);
  expect(target.dropped).toEqual({
    traces: { reason: 'http_413', items: 5 },
    logs: { reason: 'http_413', items: 5 },
  });
});

it('a backend that refuses every size gets few requests a flush, and none after three', async () => {
  const backend = await startBackend(413);
  const target = await flushTo(backend.endpoint);
  target.record(500);
  await target.flush(10_000);
  // 500, 250 and so on to one item, and two more.
  expect(tracesOf(backend).length).toBeLessThan(16);
  for (let count = 0; count < 2; count += 1) await target.flush(10_000);
  const tried = tracesOf(backend).length;
  expect(tried).toBeLessThan(48);
  expect(target.dropped.traces?.items).toBe(9);
  await target.flush();
  expect(tracesOf(backend)).toHaveLength(tried);
});

const circular = () => {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
};

it.for<[string, unknown]>([
  ['http/json', 1n],
  ['http/protobuf', { length: 1n }],
])(
  'what cannot be serialized in %s is given up alone, and the others arrive',
  async ([protocol, odd], { expect }) => {
    const backend = await startBackend();
    const target = await flushTo(backend.endpoint, { OTEL_EXPORTER_OTLP_PROTOCOL: protocol });
    target.record(20);
    // One after another, and more than a backend may refuse in a row.
    for (let count = 0; count < 4; count += 1) target.recordOdd(odd, circular());
    target.record(60);
    await target.flush(10_000);
    expect(backend.store.spans()).toHaveLength(80);
    expect(backend.store.logs()).toHaveLength(80);
    expect(target.dropped).toEqual({
      traces: { reason: 'error', items: 4 },
      logs: { reason: 'error', items: 4 },
    });
    target.record();
    await target.flush();
    expect(backend.store.spans()).toHaveLength(81);
  },
);

const firstRefusals: [string, Behaviour, number, string | undefined][] = [
  ['503 beyond the bound', respond(503, '{}', { 'retry-after': '60' }), 0, undefined],
  ['500', 500, 500, 'http_500'],
  ['413', 413, 0, undefined],
];
it.for(firstRefusals)(
  'of 1,201 items, the first request refused with %s, none is lost uncounted',
  async ([, refusal, items, reason], { expect }) => {
    const backend = await startBackend(firstOnly(refusal));
    const target = await flushTo(backend.endpoint);
    target.record(1_201);
    for (let count = 0; count < 2; count += 1) await target.flush(10_000);
    for (const arrived of [backend.store.spans(), backend.store.logs()]) {
      expect(arrived).toHaveLength(1_201 - items);
    }
    for (const signal of ['traces', 'logs'] as const) {
      expect(target.dropped[signal]).toEqual(reason && { reason, items });
    }
  },
);
