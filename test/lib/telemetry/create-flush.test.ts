import { expect, it, onTestFinished, vi } from 'vitest';
import { flushTo } from './flush-target.ts';
import { noteRequests } from './note-requests.ts';
import { startBackend } from './otlp-backend.ts';

it('sends the three signals side by side and each item once', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = await flushTo(endpoint);
  target.record(3);
  await target.flush();
  expect(requests.map(({ path }) => path).sort()).toEqual([
    '/otlp/v1/logs',
    '/otlp/v1/metrics',
    '/otlp/v1/traces',
  ]);
  await target.flush();
  expect(requests).toHaveLength(3);
  expect([store.spans().length, store.logs().length, store.points().length]).toEqual([3, 3, 1]);
  expect(target.warnings).toEqual([]);
});

it('splits what is much into requests of at most 500 items', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = await flushTo(endpoint);
  target.record(1_201);
  await target.flush();
  expect(requests.filter(({ path }) => path.endsWith('traces'))).toHaveLength(3);
  expect(store.spans()).toHaveLength(1_201);
  expect(store.logs()).toHaveLength(1_201);
});

it('keeps everything for the next flush when no time is left', async () => {
  const { endpoint, store, requests } = await startBackend();
  const target = await flushTo(endpoint);
  target.record();
  for (const withinMs of [0, -5]) expect(await target.flush(withinMs)).toBeLessThan(150);
  expect(requests).toEqual([]);
  await target.flush();
  expect(store.spans()).toHaveLength(1);
  expect(store.points()).toMatchObject([{ value: 1 }]);
});

it('sends what comes while it is sending, one request of a signal at a time', async () => {
  let open = 0;
  let most = 0;
  const { endpoint, store, behave } = await startBackend();
  behave((request, response, take) => {
    if (!request.url?.endsWith('traces')) return take();
    open += 1;
    most = Math.max(most, open);
    response.on('finish', () => {
      open -= 1;
    });
    setTimeout(take, 50);
  });
  const target = await flushTo(endpoint);
  const flushes = [1, 2, 3].map(() => {
    target.record();
    return target.flush();
  });
  await Promise.all(flushes);
  expect(store.spans()).toHaveLength(3);
  expect(store.points().reduce((sum, { value = 0 }) => sum + value, 0)).toBe(3);
  expect(most).toBe(1);
});

it('written: waits for the bytes to leave, and not for those that have left', async () => {
  const { endpoint, requests } = await startBackend('hang');
  const target = await flushTo(endpoint);
  target.record();
  void target.flush();
  await target.written(1_900);
  await expect.poll(() => requests.length).toBe(3);
  // The next invocation, while the answer is still out: nothing is written before it comes.
  target.record();
  void target.flush();
  const start = performance.now();
  await target.written(1_000);
  expect(performance.now() - start).toBeLessThan(500);
});

it('written: is of this flush, and not of the last one', async () => {
  const { endpoint } = await startBackend();
  const requests = noteRequests(endpoint);
  const target = await flushTo(endpoint);
  for (let count = 1; count <= 2; count += 1) {
    target.record();
    const flushed = target.flush();
    await target.written(1_900);
    expect(requests).toHaveLength(count * 3);
    expect(requests.every(({ writableFinished }) => writableFinished)).toBe(true);
    await flushed;
  }
});

it('uses a connection again within 5 s, and not later: it may have died in a freeze', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const { endpoint, requests } = await startBackend();
  const target = await flushTo(endpoint);
  for (const idleMs of [0, 4_000, 6_000]) {
    vi.advanceTimersByTime(idleMs);
    target.record();
    await target.flush();
  }
  const ports = requests.filter(({ path }) => path.endsWith('traces')).map(({ port }) => port);
  expect(ports[1]).toBe(ports[0]);
  expect(ports[2]).not.toBe(ports[1]);
});
