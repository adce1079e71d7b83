import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ReadTimeout } from '../../../lib/errors/read-timeout.ts';
import { createCallLimit } from '../../../lib/queues/call-limit.ts';
import { readPatiently } from '../../../lib/queues/read-patiently.ts';

// The test's clock does not reach this module by itself.
vi.mock('node:timers/promises', () => ({
  setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)),
}));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance', 'setTimeout', 'clearTimeout'] });
});
afterEach(() => void vi.useRealTimers());

const oneAtATime = () => createCallLimit({ concurrency: 1, perSecond: 1_000 });

function awsError(name: string, httpStatusCode = 400): Error {
  return Object.assign(new Error('Rate exceeded'), { name, $metadata: { httpStatusCode } });
}

/** Starts it and lets the clock run until it has ended. */
async function run<T>(reading: Promise<T>) {
  const began = performance.now();
  let ms = Number.NaN;
  const ended = reading.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
  void ended.then(() => {
    ms = performance.now() - began;
  });
  await vi.runAllTimersAsync();
  return { ...(await ended), ms };
}

it.each([
  ['SQS', awsError('RequestThrottled')],
  ['CloudWatch', awsError('ThrottlingException')],
  ['Lambda', awsError('TooManyRequestsException', 429)],
  ['an error within AWS', awsError('InternalFailure', 500)],
  ['a reset connection', Object.assign(new Error('reset'), { code: 'ECONNRESET' })],
])('%s is asked up to 5 times', async (_, error) => {
  const failing = vi.fn().mockRejectedValue(error);
  expect(await run(readPatiently(failing, { limit: oneAtATime() }))).toMatchObject({ error });
  expect(failing).toHaveBeenCalledTimes(5);

  const passing = vi.fn();
  for (let times = 0; times < 4; times += 1) passing.mockRejectedValueOnce(error);
  passing.mockResolvedValueOnce('read');
  expect(await run(readPatiently(passing, { limit: oneAtATime() }))).toMatchObject({
    value: 'read',
  });
});

it.each([
  ['denied', awsError('AccessDeniedException', 403)],
  ['deleted', awsError('QueueDoesNotExist')],
  ['garbage', new SyntaxError('Unexpected token < in JSON')],
])('what is %s is asked once', async (_, error) => {
  const read = vi.fn().mockRejectedValue(error);
  expect(await run(readPatiently(read, { limit: oneAtATime() }))).toMatchObject({ error });
  expect(read).toHaveBeenCalledTimes(1);
});

it('what hangs is given up, with its call aborted, within 10 s', async () => {
  const signals: AbortSignal[] = [];
  const hang = (signal: AbortSignal) => {
    signals.push(signal);
    return new Promise<never>(() => {});
  };
  const result = await run(readPatiently(hang, { limit: oneAtATime() }));
  expect(result).toMatchObject({ error: expect.any(ReadTimeout) });
  expect(result.ms).toBeLessThanOrEqual(10_000);
  expect(result.ms).toBeGreaterThan(8_000);
  expect(signals.length).toBeGreaterThan(3);
  expect(signals.every((signal) => signal.aborted)).toBe(true);
});

it.each([300, 2_500])('nothing is tried after a deadline of %i ms', async (ms) => {
  const hang = vi.fn(() => new Promise<never>(() => {}));
  const options = { limit: oneAtATime(), deadline: performance.now() + ms };
  const result = await run(readPatiently(hang, options));
  expect(result).toMatchObject({ error: expect.any(ReadTimeout) });
  expect(result.ms).toBeLessThanOrEqual(ms);
});

it('a call whose turn comes after the deadline is not made', async () => {
  const limit = oneAtATime();
  const options = { limit, deadline: performance.now() + 300 };
  const hanging = run(readPatiently(() => new Promise<never>(() => {}), options));
  const read = vi.fn(async () => 'late');
  expect(await run(readPatiently(read, options))).toMatchObject({ error: expect.any(ReadTimeout) });
  await hanging;
  expect(read).not.toHaveBeenCalled();
});

it('whoever waits to ask again holds nobody up', async () => {
  const limit = oneAtATime();
  vi.spyOn(Math, 'random').mockReturnValue(1);
  const order: string[] = [];
  const throttled = readPatiently(
    async () => {
      order.push('throttled');
      throw awsError('RequestThrottled');
    },
    { limit },
  ).catch(() => {});
  const other = readPatiently(async () => void order.push('other'), { limit });
  await vi.advanceTimersByTimeAsync(10);
  await other;
  expect(order).toEqual(['throttled', 'other']);
  await vi.runAllTimersAsync();
  await throttled;
});

it('what was throttled together does not come back together', async () => {
  const limit = createCallLimit({ concurrency: 100, perSecond: 100_000 });
  const times: number[] = [];
  const reads = Array.from({ length: 100 }, () => {
    let asked = false;
    return readPatiently(
      async () => {
        if (asked) return void times.push(performance.now());
        asked = true;
        throw awsError('RequestThrottled');
      },
      { limit },
    );
  });
  await vi.runAllTimersAsync();
  await Promise.all(reads);
  expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(200);
});
