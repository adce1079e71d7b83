import { expect, it } from 'vitest';
import { flushTo } from './flush-target.ts';
import { type Behaviour, type OtlpBackend, respond, startBackend } from './otlp-backend.ts';

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

it('a backend that refuses every size is left alone after three items', async () => {
  const backend = await startBackend(413);
  const target = await flushTo(backend.endpoint);
  target.record(500);
  await target.flush(10_000);
  // 500, 250 and so on to one item, and two more.
  expect(tracesOf(backend).length).toBeLessThan(16);
  const requests = backend.requests.length;
  await target.flush();
  expect(
    backend.requests.filter(({ path }) => !path.endsWith('metrics')).length,
  ).toBeLessThanOrEqual(requests);
});
