import { expect, it, onTestFinished, vi } from 'vitest';
import { createToken } from '../../../lib/telemetry/token.ts';

it('a token that cannot be read is asked for again after 1 s, then 2 s, up to 60 s', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  onTestFinished(() => void vi.useRealTimers());
  let reads = 0;
  let answer: () => string = () => {
    throw new Error('AccessDenied');
  };
  const token = createToken({ kind: 'parameter', name: '/token' }, async () => {
    reads += 1;
    return answer();
  });
  const invoke = async () => {
    token.prefetch();
    await token.get().catch(() => {});
  };
  const readsAfter = async (ms: number) => {
    vi.advanceTimersByTime(ms);
    const before = reads;
    // As many invocations as there may be.
    for (let count = 0; count < 3; count += 1) await invoke();
    return reads - before;
  };
  expect(await readsAfter(0)).toBe(1);
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]) {
    expect(await readsAfter(pauseMs - 1)).toBe(0);
    expect(await readsAfter(1)).toBe(1);
  }
  answer = () => 'token-1';
  expect(await readsAfter(60_000)).toBe(1);
  expect(await token.get()).toBe('token-1');
  // It is there: no pause is left over for the next one, after a 401.
  answer = () => {
    throw new Error('AccessDenied');
  };
  token.refresh('token-1');
  expect(await readsAfter(0)).toBe(1);
  expect(await readsAfter(1_000)).toBe(1);
});

it('during the pause whoever asks is told at once, and no unhandled rejection is left', async () => {
  const token = createToken({ kind: 'secret', arn: 'arn' }, async () => undefined);
  token.prefetch();
  await expect(token.get()).rejects.toThrow('The token of ONEUPTIME_TOKEN_SECRET_ARN is empty.');
  await expect(token.get()).rejects.toThrow('is empty');
});
