import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StateUnavailable } from '../../../lib/errors/state-unavailable.ts';
import { createTaskState } from '../../../lib/state.ts';
import { promised } from '../../support/promised.ts';
import {
  createDynamoDbClient,
  type Fault,
  type StateBench,
  startStateBench,
  TABLE,
} from '../../support/state-bench.ts';

let bench: StateBench;
beforeAll(async () => {
  bench = await startStateBench();
});
afterEach(() => bench.heal());
afterAll(() => bench.stop());

const soon = () => AbortSignal.timeout(20_000);
const queued = (count: number) =>
  Array.from({ length: count }, () => ({ id: randomUUID(), task: 't', queue: 'q' }));
/** Of each batch so many at a time. */
const partly =
  (count: number): Fault =>
  ({ operation }) =>
    operation.startsWith('Batch') ? { unprocessedAfter: count } : undefined;

describe('a batch that comes back in part', () => {
  it('is read to its end', async () => {
    const messages = queued(130);
    await Promise.all(messages.map((each) => bench.state.createQueued(each, soon())));
    bench.breakBy(partly(40));
    const ids = messages.map(({ id }) => id);
    const records = await bench.state.readMany([...ids, 'unknown'], soon());
    expect([...records.keys()].sort()).toEqual(ids.sort());
  });

  it('gives up at the bound of whoever calls, not at the end of its tries', async () => {
    bench.breakBy(partly(0));
    const bound = () => AbortSignal.timeout(100);
    const aborted = 'The operation was aborted due to timeout';
    await expect(bench.state.readMany(['a'], bound())).rejects.toThrow(aborted);
  });

  it('that never goes on is unavailable', async () => {
    bench.breakBy(partly(0));
    await expect(bench.state.readMany(['a'])).rejects.toThrow('throttled in 8 tries');
    expect(bench.calls).toHaveLength(8);
    // Waits of up to 6.4 s between its tries.
  }, 20_000);
});

describe('StateUnavailable', () => {
  const denied = { status: 400, type: 'AccessDeniedException', message: 'no right to it' };

  it.each<[string, Fault, string]>([
    ['no rights', () => denied, 'no right to it'],
    ['no table', () => ({ status: 400, type: 'ResourceNotFoundException' }), 'refused'],
    ['too little throughput', () => ({ status: 400, type: 'ThrottlingException' }), 'refused'],
    ['a service that fails', () => ({ status: 500, type: 'InternalServerError' }), 'refused'],
  ])('%s', async (_, fault, reason) => {
    bench.breakBy(fault);
    const { state } = bench;
    const attempts = [
      state.read('a'),
      state.revoke('a'),
      state.wait('a', 0),
      state.forgetQueued('a'),
      state.createQueued({ id: 'a', task: 't', queue: 'q' }),
      state.readMany(['a']),
      state.findRevoked(['a'], soon()),
      state.keys.claim({ task: 't', key: 'k', payload: 1, id: 'i' }),
    ];
    for (const result of await Promise.allSettled(attempts)) {
      const error = (result as PromiseRejectedResult).reason as StateUnavailable;
      expect(error).toBeInstanceOf(StateUnavailable);
      expect(error).toMatchObject({ code: 'STATE_UNAVAILABLE', retryable: true });
      expect(error.message).toContain(`The table ${TABLE} of task state could not be used: `);
      expect(error.message).toContain(reason);
    }
  });

  it('where nobody listens', async () => {
    const client = createDynamoDbClient('http://127.0.0.1:1');
    const state = createTaskState({ table: TABLE, client });
    await expect(state.read('a')).rejects.toThrow(StateUnavailable);
  });

  it('where nobody answers, after 3 s', async () => {
    bench.breakBy(() => 'hang');
    const start = performance.now();
    await expect(bench.state.read('a')).rejects.toThrow(StateUnavailable);
    expect(performance.now() - start).toBeGreaterThan(2_900);
    expect(performance.now() - start).toBeLessThan(promised(4_000));
  });
});

it('a throttled call is tried again', async () => {
  let refused = 0;
  bench.breakBy(() => (refused++ < 2 ? { status: 400, type: 'ThrottlingException' } : undefined));
  expect(await bench.state.read('nothing')).toBeUndefined();
  expect(refused).toBe(3);
});

it.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'refuses to keep records for %d seconds',
  (keepSeconds) => {
    expect(() => createTaskState({ table: TABLE, keepSeconds })).toThrow(
      `keepSeconds: is ${keepSeconds}; give a whole number of seconds over 0.`,
    );
  },
);
