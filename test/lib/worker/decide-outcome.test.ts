import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NonRetryableError, RetryLater, TaskTimeout } from '../../../lib/index.ts';
import { decideOutcome, type Failure } from '../../../lib/worker/decide-outcome.ts';
import { hostileValues } from '../instrumentation/hostile-values.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const retry = fc.record({
  maxAttempts: fc.integer({ min: 1, max: 900 }),
  minDelaySeconds: fc.integer({ min: 0, max: 300 }),
  maxDelaySeconds: fc.integer({ min: 300, max: 43_200 }),
});
const thrown = retry.map((policy): Failure & { kind: 'thrown' } => ({
  kind: 'thrown',
  error: new Error('x'),
  retry: policy,
}));
const timeout = fc
  .tuple(retry, fc.double({ min: 0.01, max: 900, noNaN: true }), fc.boolean())
  .map(([policy, timeoutSeconds, ignoredSignal]): Failure & { kind: 'timeout' } => ({
    kind: 'timeout',
    error: new TaskTimeout('ship', timeoutSeconds),
    retry: policy,
    timeoutSeconds,
    ignoredSignal,
  }));
const facts = fc.record({
  attempt: fc.integer({ min: 1, max: 1_500 }),
  countIsExact: fc.boolean(),
  random: random.map((value) => () => value),
});

describe('a task that threw or ran out of time', () => {
  it('is dead exactly when its attempts are used up and the count tells attempts', () => {
    fc.assert(
      fc.property(fc.oneof(thrown, timeout), facts, (failure, known) => {
        const usedUp = known.countIsExact && known.attempt >= failure.retry.maxAttempts;
        expect(decideOutcome(failure, known).outcome).toBe(usedUp ? 'dead' : 'retry');
      }),
    );
  });

  it('waits whole seconds, in its policy, and longer where a timed-out run may still be going', () => {
    fc.assert(
      fc.property(fc.oneof(thrown, timeout), facts, (failure, known) => {
        const decision = decideOutcome(failure, known);
        if (decision.outcome === 'dead') return;
        const { minDelaySeconds, maxDelaySeconds } = failure.retry;
        const floor =
          failure.kind === 'timeout' && failure.ignoredSignal
            ? Math.min(60, failure.timeoutSeconds)
            : 0;
        expect(Number.isInteger(decision.delaySeconds)).toBe(true);
        expect(decision.delaySeconds).toBeGreaterThanOrEqual(Math.max(minDelaySeconds, floor));
        expect(decision.delaySeconds).toBeLessThanOrEqual(Math.max(maxDelaySeconds, floor));
      }),
    );
  });

  it('is dead at once by NonRetryableError, of this copy of the package or another', () => {
    const errors = [new NonRetryableError('x'), { code: 'NON_RETRYABLE' }];
    fc.assert(
      fc.property(thrown, facts, fc.constantFrom(...errors), (failure, known, error) => {
        expect(decideOutcome({ ...failure, error }, known)).toEqual({ outcome: 'dead' });
      }),
    );
  });

  it('waits as RetryLater says, rounded up, as long as attempts are left', () => {
    const seconds = fc.double({ min: 0, max: 43_200, noNaN: true });
    fc.assert(
      fc.property(thrown, facts, seconds, (failure, known, wanted) => {
        const decision = decideOutcome({ ...failure, error: new RetryLater(wanted) }, known);
        const usedUp = known.countIsExact && known.attempt >= failure.retry.maxAttempts;
        expect(decision).toEqual(
          usedUp ? { outcome: 'dead' } : { outcome: 'retry', delaySeconds: Math.ceil(wanted) },
        );
      }),
    );
  });

  it('falls back to the backoff where RetryLater or retry.when gives no usable delay', () => {
    const policy = { maxAttempts: 5, minDelaySeconds: 2, maxDelaySeconds: 2 };
    for (const seconds of [Number.NaN, -1, Number.POSITIVE_INFINITY, '5' as never]) {
      const later: Failure = { kind: 'thrown', error: new RetryLater(seconds), retry: policy };
      const when = () => seconds;
      const chosen: Failure = { kind: 'thrown', error: new Error(), retry: { ...policy, when } };
      for (const failure of [later, chosen]) {
        expect(decideOutcome(failure, { attempt: 1, countIsExact: true })).toEqual({
          outcome: 'retry',
          delaySeconds: 2,
        });
      }
    }
  });

  it.each([
    [false, { outcome: 'dead' }],
    [0, { outcome: 'retry', delaySeconds: 0 }],
    [7.2, { outcome: 'retry', delaySeconds: 8 }],
    [true, { outcome: 'retry', delaySeconds: 3 }],
    [undefined, { outcome: 'retry', delaySeconds: 3 }],
  ])('retry.when that gives %s', (answer, expected) => {
    const asked: unknown[] = [];
    const when = (...args: unknown[]) => {
      asked.push(args);
      return answer;
    };
    const policy = { maxAttempts: 5, minDelaySeconds: 3, maxDelaySeconds: 3, when };
    const error = new Error('x');
    const failure: Failure = { kind: 'thrown', error, retry: policy };
    expect(decideOutcome(failure, { attempt: 2, countIsExact: true })).toEqual(expected);
    expect(decideOutcome(failure, { attempt: 5, countIsExact: true })).toEqual({ outcome: 'dead' });
    // Not asked when no attempt is left.
    expect(asked).toEqual([[error, 2]]);
  });

  it.each(hostileValues())('a thrown %s is tried again', (_, error) => {
    const policy = { maxAttempts: 5, minDelaySeconds: 2, maxDelaySeconds: 2 };
    const failure: Failure = { kind: 'thrown', error, retry: policy };
    expect(decideOutcome(failure, { attempt: 1, countIsExact: true })).toEqual({
      outcome: 'retry',
      delaySeconds: 2,
    });
  });
});

describe('a message that cannot be run', () => {
  it('is dead at once when its body or payload is refused', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const failure: Failure = { kind: 'rejected', error: new Error('x') };
        expect(decideOutcome(failure, known)).toEqual({ outcome: 'dead' });
      }),
    );
  });

  it('of an unknown task waits 30 to 120 s, and is dead from its fifth delivery', () => {
    fc.assert(
      fc.property(facts, (known) => {
        const decision = decideOutcome({ kind: 'unknown', error: new Error('x') }, known);
        if (known.countIsExact && known.attempt >= 5) {
          expect(decision).toEqual({ outcome: 'dead' });
        } else {
          expect(decision).toMatchObject({ outcome: 'retry' });
          const { delaySeconds } = decision as { delaySeconds: number };
          expect(delaySeconds).toBeGreaterThanOrEqual(30);
          expect(delaySeconds).toBeLessThanOrEqual(120);
        }
      }),
    );
  });
});
