import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import { startDeadline } from '../../../lib/worker/invocation-deadline.ts';
import { runAttempt } from '../../../lib/worker/run-attempt.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** What a task does: it ends by itself after a while, and ends at its signal or does not. */
const behaviour = fc.record({
  takesMs: fc.integer({ min: 2, max: 5_000 }),
  throws: fc.boolean(),
  atSignal: fc.constantFrom('returns', 'throws', 'ignores' as const),
});
type Behaviour = typeof behaviour extends fc.Arbitrary<infer T> ? T : never;

async function work({ takesMs, throws, atSignal }: Behaviour, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => (throws ? reject(new Error('own')) : resolve()), takesMs);
    signal.addEventListener('abort', () => {
      if (atSignal === 'ignores') return;
      clearTimeout(timer);
      if (atSignal === 'returns') resolve();
      else reject(signal.reason);
    });
  });
}

it('ends by what comes first: the task, its timeout or the invocation’s deadline', async () => {
  await fc.assert(
    fc.asyncProperty(
      behaviour,
      fc.integer({ min: 2, max: 4_000 }),
      fc.integer({ min: 4, max: 8_000 }),
      async (does, milliseconds, remainingMs) => {
        const timeoutSeconds = milliseconds / 1000;
        const timeoutMs = Math.floor(timeoutSeconds * 1000);
        const task = defineTask({ name: 't', payload: z.any(), timeoutSeconds });
        const start = Date.now();
        const deadline = startDeadline(remainingMs, 0);
        // Timers have whole milliseconds.
        const deadlineMs = Math.floor(deadline.at - start);
        const limitMs = Math.min(timeoutMs, deadlineMs);
        // Two timers of one moment may fire in either order.
        fc.pre(does.takesMs !== limitMs && timeoutMs !== deadlineMs);
        const running = runAttempt(task, ({ signal }) => work(does, signal), deadline);
        await vi.runAllTimersAsync();
        const end = await running;
        deadline.clear();

        if (does.takesMs < limitMs) {
          expect(end.kind).toBe(does.throws ? 'thrown' : 'completed');
        } else {
          expect(end.kind).toBe(timeoutMs < deadlineMs ? 'timeout' : 'unfinished');
        }
      },
    ),
    { numRuns: 300 },
  );
});

it('is over a moment after its time, whatever the task does', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4_000 }),
      fc.integer({ min: 0, max: 8_000 }),
      async (timeoutMs, remainingMs) => {
        const task = defineTask({ name: 't', payload: z.any(), timeoutSeconds: timeoutMs / 1000 });
        const start = Date.now();
        const deadline = startDeadline(remainingMs, 0);
        const running = runAttempt(task, () => new Promise(() => {}), deadline);
        let tookMs = Number.POSITIVE_INFINITY;
        void running.then(() => {
          tookMs = Date.now() - start;
        });
        await vi.runAllTimersAsync();
        await running;
        deadline.clear();
        expect(tookMs).toBeLessThanOrEqual(Math.min(timeoutMs, deadline.at - start) + 251);
        expect(tookMs).toBeLessThanOrEqual(Math.max(remainingMs, 1));
      },
    ),
    { numRuns: 300 },
  );
});

it.each([
  ['heeds its signal', 'throws', false],
  ['ignores it', 'ignores', true],
] as const)(
  'a revoked task that %s is revoked, however often it is told',
  async (_, atSignal, ignoredSignal) => {
    const task = defineTask({ name: 'work', payload: z.any(), timeoutSeconds: 60 });
    const deadline = startDeadline(60_000, 0);
    const unwatch = vi.fn();
    let revoke = () => {};
    const attempt = runAttempt(
      task,
      ({ signal }) => work({ takesMs: 50_000, throws: false, atSignal }, signal),
      deadline,
      (abort) => {
        revoke = abort;
        return unwatch;
      },
    );
    await vi.advanceTimersByTimeAsync(10);
    revoke();
    revoke();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await attempt).toEqual({ kind: 'revoked', ignoredSignal });
    expect(unwatch).toHaveBeenCalledOnce();
    deadline.clear();
  },
);

it('a task whose time is over is a timeout, though it is revoked then', async () => {
  const task = defineTask({ name: 'work', payload: z.any(), timeoutSeconds: 1 });
  const deadline = startDeadline(60_000, 0);
  let revoke = () => {};
  const attempt = runAttempt(
    task,
    ({ signal }) => work({ takesMs: 50_000, throws: false, atSignal: 'ignores' }, signal),
    deadline,
    (abort) => {
      revoke = abort;
      return () => {};
    },
  );
  await vi.advanceTimersByTimeAsync(1_100);
  revoke();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await attempt).toMatchObject({ kind: 'timeout', ignoredSignal: true });
  deadline.clear();
});
