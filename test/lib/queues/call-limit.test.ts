import fc from 'fast-check';
import { afterEach, expect, it, vi } from 'vitest';
import { createCallLimit, createReadLimits } from '../../../lib/queues/call-limit.ts';

afterEach(() => void vi.useRealTimers());

/** Runs calls of these lengths at once, on a clock of its own. */
async function runCalls(limit: ReturnType<typeof createCallLimit>, lengthsMs: readonly number[]) {
  const starts: { index: number; at: number }[] = [];
  let running = 0;
  let busiest = 0;
  const calls = lengthsMs.map((lengthMs, index) =>
    limit(async () => {
      starts.push({ index, at: performance.now() });
      running += 1;
      busiest = Math.max(busiest, running);
      await new Promise((resolve) => setTimeout(resolve, lengthMs));
      running -= 1;
      return index;
    }),
  );
  const done = Promise.all(calls);
  await vi.runAllTimersAsync();
  return { starts, busiest, results: await done };
}

/** The most that started within any second. */
function mostInASecond(starts: readonly { at: number }[]): number {
  return Math.max(
    ...starts.map(
      ({ at }) => starts.filter((each) => each.at >= at && each.at < at + 1_000).length,
    ),
  );
}

it('starts calls in their order, so many at a time and in a second, whatever they take', async () => {
  const limits = fc.record({
    concurrency: fc.integer({ min: 1, max: 10 }),
    perSecond: fc.integer({ min: 1, max: 50 }),
  });
  const lengths = fc.array(fc.integer({ min: 0, max: 3_000 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(limits, lengths, async (options, lengthsMs) => {
      vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
      const { starts, busiest, results } = await runCalls(createCallLimit(options), lengthsMs);
      const inOrder = lengthsMs.map((_, index) => index);
      expect(results).toEqual(inOrder);
      expect(starts.map(({ index }) => index)).toEqual(inOrder);
      expect(busiest).toBeLessThanOrEqual(options.concurrency);
      // The first burst comes on top, as AWS's own buckets allow for.
      const most = options.perSecond + options.concurrency + 1;
      if (starts.length > 0) expect(mostInASecond(starts)).toBeLessThanOrEqual(most);
    }),
    { numRuns: 60 },
  );
});

it('reads SQS with 50 calls side by side, 2,000 a second', async () => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
  const began = performance.now();
  const lengths = Array.from({ length: 4_000 }, () => 10);
  const { starts, busiest } = await runCalls(createReadLimits().sqs, lengths);
  expect(busiest).toBe(50);
  const seconds = ((starts.at(-1)?.at ?? 0) - began) / 1_000;
  // It is the pace that holds them up: 50 slots of 10 ms would do 5,000 a second.
  expect(4_000 / seconds).toBeLessThanOrEqual(2_050);
  expect(4_000 / seconds).toBeGreaterThan(1_800);
});

it('a call that throws gives its turn to the next', async () => {
  const limit = createCallLimit({ concurrency: 1, perSecond: 1_000 });
  const failing = limit(() => Promise.reject(new Error('no')));
  const next = limit(async () => 'next');
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('next');
});

it('a call whose turn comes after its deadline is given up, and takes no turn from the others', async () => {
  const limit = createCallLimit({ concurrency: 1, perSecond: 10 });
  const made: string[] = [];
  const call = (name: string) => async () => void made.push(name);
  const start = performance.now();
  const soon = start + 50;
  const calls = [
    limit(call('first')),
    ...Array.from({ length: 20 }, () => limit(call('late'), soon)),
    limit(call('patient')),
  ];
  const results = await Promise.allSettled(calls);
  expect(made.filter((name) => name !== 'late')).toEqual(['first', 'patient']);
  expect(made.length).toBeLessThanOrEqual(4);
  expect(results.at(1 + 19)).toMatchObject({ reason: { name: 'ReadTimeout' } });
  // 22 turns would be over 2 s.
  expect(performance.now() - start).toBeLessThan(1_500);
});

it('CloudWatch is asked 10 calls side by side and 40 a second, under its quota of 50', async () => {
  vi.useFakeTimers();
  const { starts, busiest } = await runCalls(
    createReadLimits().cloudWatch,
    Array.from({ length: 60 }, () => 20),
  );
  expect(busiest).toBeLessThanOrEqual(10);
  const [first, last] = [starts[0]?.at ?? 0, starts.at(-1)?.at ?? 0];
  // The first 10 start at once.
  expect(last - first).toBeGreaterThanOrEqual((50 / 40) * 1_000 - 50);
});
