import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError, RetryLater } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const order = z.object({ id: z.string() });
const message = { v: 1, id: 'task-1', task: 'ship', payload: { id: 'o-1' } };

/** A task that does this, tried again after exactly one second. */
function ship(run: (attempt: number) => unknown, retry = {}) {
  const task = defineTask({
    name: 'ship',
    payload: order,
    retry: { maxAttempts: 3, minDelaySeconds: 1, maxDelaySeconds: 1, ...retry },
  });
  return implementTask(task, (_, { attempt }) => run(attempt));
}

const fail = (error: unknown) => () => {
  throw error;
};

describe('a task that resolves', () => {
  it('is completed: its message is gone, and SQS was not called', async () => {
    const queue = await bench.createQueue();
    await queue.send(message);
    const delivery = await queue.worker([ship(async () => 'done')]).deliver();
    expect(delivery.response).toEqual({ batchItemFailures: [] });
    expect(delivery.results).toMatchObject([{ outcome: 'completed' }]);
    expect(delivery.calls).toEqual([]);
    expect(await queue.left()).toBe(0);
    expect(await queue.receiveDead()).toEqual([]);
  });
});

describe('a task that throws', () => {
  it('is tried again after the delay, with the receive count as its attempt, and then completes', async () => {
    const queue = await bench.createQueue();
    const messageId = await queue.send(message);
    const attempts: number[] = [];
    const worker = queue.worker([
      ship((attempt) => {
        attempts.push(attempt);
        if (attempt < 3) throw new Error('carrier down');
      }),
    ]);
    const first = await worker.deliver();
    expect(first.response).toEqual({ batchItemFailures: [{ itemIdentifier: messageId }] });
    expect(first.results).toMatchObject([{ outcome: 'retry', visibilitySeconds: 1 }]);
    const failedAt = Date.now();
    expect(await queue.receive()).toEqual([]);
    const second = await worker.deliver();
    expect(Date.now() - failedAt).toBeGreaterThan(900);
    expect(second.results).toMatchObject([{ outcome: 'retry' }]);
    const third = await worker.deliver();
    expect(third.results).toMatchObject([{ outcome: 'completed' }]);
    expect(attempts).toEqual([1, 2, 3]);
    expect(await queue.receiveDead()).toEqual([]);
  });

  it('is dead when its attempts are used up: a copy says why, and the message is gone', async () => {
    const queue = await bench.createQueue();
    await queue.send(message, {
      MessageAttributes: { tenant: { DataType: 'String', StringValue: 'acme' } },
    });
    const worker = queue.worker([ship(fail(new RangeError('no such street')), { maxAttempts: 1 })]);
    const { response, results } = await worker.deliver();
    expect(response).toEqual({ batchItemFailures: [] });
    expect(results).toMatchObject([{ outcome: 'dead' }]);
    expect(await queue.left()).toBe(0);
    const [dead, ...more] = await queue.receiveDead();
    expect(more).toEqual([]);
    expect(dead?.Body).toBe(JSON.stringify(message));
    expect(dead?.MessageAttributes).toMatchObject({
      tenant: { DataType: 'String', StringValue: 'acme' },
      'leadline.error.type': { DataType: 'String', StringValue: 'RangeError' },
      'leadline.error.message': { DataType: 'String', StringValue: 'no such street' },
      'leadline.attempts': { DataType: 'Number', StringValue: '1' },
      'leadline.failed_at': {
        DataType: 'String',
        StringValue: expect.stringMatching(/^\d{4}-.*Z$/),
      },
    });
  });

  it.each([
    ['completes', () => 'done', 'completed'],
    ['is dead when it throws', fail(new Error('again')), 'dead'],
  ])('above its attempts it still runs and %s', async (_, run, outcome) => {
    const queue = await bench.createQueue();
    await queue.send(message);
    let runs = 0;
    const worker = queue.worker([
      ship(() => {
        runs += 1;
        return run();
      }),
    ]);
    const { results } = await worker.deliver({
      change: (record) => ({
        ...record,
        attributes: { ...record.attributes, ApproximateReceiveCount: '9' },
      }),
    });
    expect(runs).toBe(1);
    expect(results).toMatchObject([{ outcome }]);
    const dead = await queue.receiveDead();
    expect(dead.map((each) => each.MessageAttributes?.['leadline.attempts']?.StringValue)).toEqual(
      outcome === 'dead' ? ['9'] : [],
    );
  });

  it.each([
    ['NonRetryableError', new NonRetryableError('card declined')],
    ["another copy's NonRetryableError", Object.assign(new Error('x'), { code: 'NON_RETRYABLE' })],
  ])('is dead at its first attempt by %s', async (_, error) => {
    const queue = await bench.createQueue();
    await queue.send(message);
    const { response, results } = await queue.worker([ship(fail(error))]).deliver();
    expect(response).toEqual({ batchItemFailures: [] });
    expect(results).toMatchObject([{ outcome: 'dead', error }]);
    expect(await queue.receiveDead()).toHaveLength(1);
  });

  it.each([
    ['RetryLater', fail(new RetryLater(120)), {}, 120],
    ['RetryLater over the limit', fail(new RetryLater(99_999)), {}, 43_140],
    ['retry.when with a number', fail(new Error('x')), { when: () => 7 }, 7],
    ['retry.when with true', fail(new Error('x')), { when: () => true }, 1],
    ['a retry.when that throws', fail(new Error('x')), { when: fail(new Error('oops')) }, 1],
  ])('%s decides the delay', async (_, run, retry, seconds) => {
    const queue = await bench.createQueue();
    await queue.send(message);
    const { results, calls } = await queue.worker([ship(run, retry)]).deliver();
    expect(results).toMatchObject([{ outcome: 'retry' }]);
    expect(calls.map(({ name }) => name)).toEqual(['ChangeMessageVisibilityBatchCommand']);
    const set = calls[0]?.input.Entries[0].VisibilityTimeout;
    // The seconds since the receive are taken off at the limit alone.
    expect(set).toBeLessThanOrEqual(seconds);
    expect(set).toBeGreaterThanOrEqual(seconds > 40_000 ? seconds - 2 : seconds);
  });

  it('retry.when that says false is dead', async () => {
    const queue = await bench.createQueue();
    await queue.send(message);
    const asked: unknown[] = [];
    const when = (...args: unknown[]) => {
      asked.push(...args);
      return false;
    };
    const error = new Error('gone');
    const { results } = await queue.worker([ship(fail(error), { when })]).deliver();
    expect(results).toMatchObject([{ outcome: 'dead' }]);
    expect(asked).toEqual([error, 1]);
  });
});
