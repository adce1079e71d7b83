import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { encodeMessage } from '../../../lib/task/task-message.ts';
import { createWorker } from '../../../lib/worker.ts';
import { type StateBench, startStateBench, type TableBehaviour } from './state-bench.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterEach(() => table.behave('serve'));
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const sell = defineTask({ name: 'sell', payload: z.any() });
const charge = defineTask({ name: 'charge', payload: z.any(), idempotent: true });
const keyed = defineTask({ name: 'keyed', payload: z.any(), idempotent: () => 'one' });

let ids = 0;
const newMessage = (task: string) => {
  ids += 1;
  return { id: `faults-${ids}`, task, payload: {} };
};

const faults: TableBehaviour[] = ['refuse', 'throttle', 'hang'];

it.each(faults)(
  'while the table does %s a plain task runs, with a warning, soon',
  async (fault) => {
    const queue = await bench.createQueue();
    await queue.send(newMessage('sell'));
    table.behave(fault);
    let runs = 0;
    const worker = queue.worker([implementTask(sell, () => ++runs)], { state: table.state });
    const { results, response, lines, count, elapsedMs } = await worker.deliver();
    expect(runs).toBe(1);
    expect(results).toMatchObject([{ outcome: 'completed' }]);
    expect(response).toEqual({ batchItemFailures: [] });
    expect(count('task.completed')).toBe(1);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'WARN',
        message: 'task state could not be written; the task runs without it',
        'error.message': expect.stringContaining('test-task-state'),
      }),
    );
    // Its end cannot be written either.
    expect(lines).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message: 'task state could not be written' }),
    );
    // A call of 1 s before it, and two after it.
    expect(elapsedMs).toBeLessThan(4_000);
  },
);

it('the time that the table takes is not the task’s, though it has little', async () => {
  const queue = await bench.createQueue();
  await queue.send(newMessage('quick'));
  table.behave('hang');
  const quick = defineTask({ ...sell, name: 'quick', timeoutSeconds: 0.4 });
  let remaining = 0;
  const run = implementTask(quick, (_, { remainingMs }) => {
    remaining = remainingMs();
  });
  const { results } = await queue.worker([run], { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(remaining).toBeGreaterThan(300);
});

it.each(faults.flatMap((fault) => ['charge', 'keyed'].map((name) => [fault, name] as const)))(
  'while the table does %s the task %s waits for it unrun, and completes when it is back',
  async (fault, name) => {
    const queue = await bench.createQueue();
    const message = newMessage(name);
    const id = await queue.send(message);
    let runs = 0;
    const run = () => ++runs;
    // Of a key of its own: it is one effect for all tests otherwise.
    const own = defineTask({ ...keyed, name: 'keyed', idempotent: () => message.id });
    const worker = queue.worker([implementTask(charge, run), implementTask(own, run)], {
      state: table.state,
    });
    table.behave(fault);
    const first = await worker.deliver();
    expect(runs).toBe(0);
    expect(first.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
    expect(first.results).toMatchObject([{ outcome: 'unfinished' }]);
    const seconds = first.calls[0]?.input.Entries[0].VisibilityTimeout;
    expect(seconds).toBeGreaterThanOrEqual(1);
    expect(seconds).toBeLessThanOrEqual(4);
    expect(first.elapsedMs).toBeLessThan(4_000);
    expect(first.count('task.failed')).toBe(0);
    expect(first.lines).toContainEqual(
      expect.objectContaining({
        level: 'ERROR',
        message: 'task state could not be read; the task waits for it',
      }),
    );
    expect(first.lines).toContainEqual(
      expect.objectContaining({ reason: 'task state could not be read' }),
    );

    table.behave('serve');
    const second = await worker.deliver();
    expect(second.results).toMatchObject([{ outcome: 'completed' }]);
    expect(runs).toBe(1);
    expect(await table.state.read(message.id)).toMatchObject({ status: 'completed', attempts: 2 });
  },
);

it('deliveries that were put back use up no attempts: a task fails as often as it may', async () => {
  const queue = await bench.createQueue();
  const retry = { maxAttempts: 2, minDelaySeconds: 0, maxDelaySeconds: 0 };
  const twice = defineTask({ name: 'twice', payload: z.any(), idempotent: true, retry });
  await queue.send(newMessage('twice'));
  let runs = 0;
  const fail = () => {
    runs += 1;
    throw new Error('no luck');
  };
  const worker = queue.worker([implementTask(twice, fail)], { state: table.state });
  table.behave('refuse');
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'unfinished' }]);
  table.behave('serve');
  // The second delivery, and the first attempt.
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'retry' }]);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  expect(runs).toBe(2);
});

it('the longer the table is gone, the longer an idempotent task waits', async () => {
  const queue = await bench.createQueue();
  await queue.send(newMessage('charge'));
  table.behave('refuse');
  const worker = queue.worker([implementTask(charge, () => {})], { state: table.state });
  const { results } = await worker.deliver({
    change: (record) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: '30' },
    }),
  });
  // Never dead: it has not been tried.
  expect(results).toMatchObject([{ outcome: 'unfinished' }]);
  expect(results[0]?.visibilitySeconds).toBeLessThanOrEqual(300);
});

it('a completion that cannot be written is acknowledged all the same, and an error', async () => {
  const queue = await bench.createQueue();
  const message = newMessage('charge');
  await queue.send(message);
  const run = implementTask(charge, () => table.behave('refuse'));
  const { results, response, lines, count } = await queue
    .worker([run], { state: table.state })
    .deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(count('task.completed')).toBe(1);
  expect(lines).toContainEqual(
    expect.objectContaining({
      level: 'ERROR',
      message: 'task state could not be written',
      'task.id': message.id,
    }),
  );
});

it('a completion is written by a second try, when the first is lost', async () => {
  const queue = await bench.createQueue();
  const message = newMessage('charge');
  await queue.send(message);
  const run = implementTask(charge, () => {
    let first = true;
    table.behave(() => {
      const behaviour = first ? 'refuse' : 'serve';
      first = false;
      return behaviour;
    });
    return 'charged';
  });
  const { logged } = await queue.worker([run], { state: table.state }).deliver();
  expect(logged()).not.toContain('task state could not be written');
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'completed',
    result: 'charged',
  });
});

it('near the end of the invocation the table gets no more time than there is', async () => {
  const queue = await bench.createQueue();
  await queue.send(newMessage('charge'));
  await queue.send(newMessage('sell'));
  table.behave('hang');
  const worker = queue.worker([implementTask(charge, () => {}), implementTask(sell, () => {})], {
    state: table.state,
  });
  const { elapsedMs } = await worker.deliver({ count: 2, remainingMs: 1_500 });
  expect(elapsedMs).toBeLessThan(1_500);
});

it('a worker with an idempotent task and no table refuses to start, and says why', () => {
  const start = () =>
    createWorker([implementTask(sell, () => {}), implementTask(charge, () => {})], {
      queues: { default: { url: 'http://localhost/0/default' } },
    });
  expect(start).toThrow(
    'TASK_TABLE: is not set, and task "charge" is idempotent: it needs task state.',
  );
});

it('without a table the message of a chain is a retry, and then a dead letter: no loss', async () => {
  const queue = await bench.createQueue();
  const body = encodeMessage({
    ...newMessage('once'),
    payload: {},
    workflow: { id: 'chain-1', step: 0 },
  });
  const once = defineTask({
    ...sell,
    name: 'once',
    retry: { maxAttempts: 2, minDelaySeconds: 0, maxDelaySeconds: 0 },
  });
  let runs = 0;
  const worker = queue.worker([implementTask(once, () => ++runs)]);
  const id = await queue.send(body);
  const first = await worker.deliver();
  expect(first.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
  expect(first.lines).toContainEqual(
    expect.objectContaining({
      message: 'task failed',
      'error.message': expect.stringContaining('TASK_TABLE: is not set, and a chain or group'),
    }),
  );
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  expect(runs).toBe(0);
  expect((await queue.receiveDead())[0]?.Body).toBe(body);
});
