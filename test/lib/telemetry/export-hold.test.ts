import { expect, it, onTestFinished, vi } from 'vitest';
import { flushTo } from './flush-target.ts';
import { type OtlpBackend, respond, startBackend } from './otlp-backend.ts';

const tracesOf = ({ requests }: OtlpBackend) =>
  requests.filter(({ path }) => path.endsWith('traces'));

it('after three failed flushes nothing is sent for 30 s, then one flush decides', async () => {
  // The date alone: sockets and their timers go on.
  vi.useFakeTimers({ toFake: ['Date'] });
  const backend = await startBackend(401);
  const target = await flushTo(backend.endpoint);
  const flush = () => {
    target.record();
    return target.flush();
  };
  for (let count = 0; count < 5; count += 1) await flush();
  expect(tracesOf(backend)).toHaveLength(3);
  vi.advanceTimersByTime(29_000);
  await flush();
  expect(tracesOf(backend)).toHaveLength(3);
  // Over: one flush, and it fails, so another 30 s.
  vi.advanceTimersByTime(1_100);
  await flush();
  await flush();
  expect(tracesOf(backend)).toHaveLength(4);
  vi.advanceTimersByTime(30_100);
  backend.behave('take');
  await flush();
  await flush();
  // What was recorded during the second hold was kept: two flushes' worth, and the last.
  expect(backend.store.spans()).toHaveLength(3);
  expect(backend.store.points().reduce((sum, { value = 0 }) => sum + value, 0)).toBe(3);
  vi.useRealTimers();
});

it('of a backend that is down for long the last ten collections are kept, the others counted', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  const backend = await startBackend(respond(503, '{}', { 'retry-after': '60' }));
  const target = await flushTo(backend.endpoint);
  for (let count = 0; count < 13; count += 1) {
    target.record();
    await target.flush();
    vi.advanceTimersByTime(31_000);
  }
  expect(target.dropped).toEqual({ metrics: { reason: 'buffer_full', items: 3 } });
  backend.behave('take');
  await target.flush();
  expect(backend.store.points().map(({ value }) => value)).toEqual(Array(10).fill(1));
  expect(backend.store.spans()).toHaveLength(13);
});
