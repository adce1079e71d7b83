import { expect, it, vi } from 'vitest';
import { createRevocationWatch } from '../../../lib/worker/revocation-watch.ts';

const log = { debug: vi.fn(), info: vi.fn(), warn: vi.fn(), error: vi.fn() };

/** Of reads: each the next of these, and the last for ever. */
function watchWith(
  ...reads: ((ids: readonly string[], signal: AbortSignal) => Promise<Set<string>>)[]
) {
  const asked: { ids: readonly string[]; signal: AbortSignal }[] = [];
  const findRevoked = async (ids: readonly string[], signal: AbortSignal) => {
    asked.push({ ids, signal });
    const read = reads[Math.min(asked.length, reads.length) - 1];
    return read ? read(ids, signal) : new Set<string>();
  };
  return { asked, watch: createRevocationWatch({ findRevoked }, log as never) };
}

const hangs = (_: readonly string[], signal: AbortSignal) =>
  new Promise<never>((__, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason));
  });
const finds = (id: string) => async () => new Set([id]);

it('one read asks for all that run, each id once, and only the revoked one is told', async () => {
  const { asked, watch } = watchWith(finds('b'));
  const told: string[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  const ends = ['a', 'b', 'b', 'c'].map((id, index) =>
    watch.add(id, () => {
      told.push(`${id}${index}`);
      if (told.length === 2) resolve();
    }),
  );
  await promise;
  for (const end of ends) end();
  expect(told).toEqual(['b1', 'b2']);
  expect(asked.map(({ ids }) => ids)).toEqual([['a', 'b', 'c']]);
});

it.each([
  ['hangs', hangs],
  ['fails', () => Promise.reject(new Error('no table'))],
])('a task knows within 5 s, where the first read %s', async (_, first) => {
  const { watch } = watchWith(first, finds('a'));
  const start = performance.now();
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = watch.add('a', resolve);
  await promise;
  end();
  expect(performance.now() - start).toBeLessThan(5_000);
});

it('when the last task has ended, a read that is under way is given up, without a word', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  log.warn.mockClear();
  const { asked, watch } = watchWith(hangs);
  const end = watch.add('a', () => {});
  const other = watch.add('b', () => {});
  vi.advanceTimersByTime(2_000);
  expect(asked).toHaveLength(1);
  end();
  expect(asked[0]?.signal.aborted).toBe(false);
  other();
  expect(asked[0]?.signal.aborted).toBe(true);
  expect(vi.getTimerCount()).toBe(0);
  await new Promise(setImmediate);
  expect(log.warn).not.toHaveBeenCalled();
  // And the next task is watched anew.
  const last = watch.add('c', () => {});
  vi.advanceTimersByTime(2_000);
  last();
  expect(asked.map(({ ids }) => ids)).toEqual([['a', 'b'], ['c']]);
  vi.useRealTimers();
});

it('reads that fail are one warning', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  log.warn.mockClear();
  const { asked, watch } = watchWith(() => Promise.reject(new Error('no table')));
  const end = watch.add('a', () => {});
  for (const _ of [1, 2, 3]) {
    vi.advanceTimersByTime(2_000);
    await new Promise(setImmediate);
  }
  end();
  vi.useRealTimers();
  expect(asked).toHaveLength(3);
  expect(log.warn.mock.calls).toEqual([
    ['whether a running task is revoked could not be read', { 'error.message': 'no table' }],
  ]);
});

it('a task that is over before the first read costs none', () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  const { asked, watch } = watchWith(finds('a'));
  watch.add('a', () => {})();
  vi.advanceTimersByTime(10_000);
  vi.useRealTimers();
  expect(asked).toEqual([]);
});
