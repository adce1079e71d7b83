import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError, RetryLater } from '../../../lib/index.ts';
import { type StateBench, startStateBench } from './state-bench.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const payload = z.object({ order: z.string(), does: z.optional(z.string()) });
const retry = { maxAttempts: 3, minDelaySeconds: 0, maxDelaySeconds: 0 };
const charge = defineTask({ name: 'charge', payload, retry, idempotent: ({ order }) => order });
const refund = defineTask({ name: 'refund', payload, retry, idempotent: ({ order }) => order });

let ids = 0;
const newMessage = (order: string, does?: string, task = 'charge') => {
  ids += 1;
  return { id: `effect-${ids}`, task, payload: { order, ...(does && { does }) } };
};

/** Counts its runs, and does what the payload says. */
function counted(task = charge) {
  const ran: string[] = [];
  const implementation = implementTask(task, async ({ order, does }, { id, signal }) => {
    ran.push(id);
    if (does === 'throw') throw new RetryLater(60);
    if (does === 'die') throw new NonRetryableError('declined');
    if (does === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', reject));
    return { receipt: order };
  });
  return { ran, implementation };
}

it('two messages of one key are one effect: both records say completed, with its result', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const messages = [newMessage('o-1'), newMessage('o-1')] as const;
  const outcomes = [];
  for (const message of messages) {
    await queue.send(message);
    outcomes.push((await worker.deliver()).results[0]?.outcome);
  }
  expect(outcomes).toEqual(['completed', 'duplicate']);
  expect(ran).toEqual([messages[0].id]);
  for (const { id } of messages) {
    expect(await table.state.read(id)).toMatchObject({
      id,
      status: 'completed',
      result: { receipt: 'o-1' },
    });
  }
});

it('a duplicate of a message of a key is one too', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const message = newMessage('o-2');
  for (const outcome of ['completed', 'duplicate']) {
    await queue.send(message);
    expect((await worker.deliver()).results).toMatchObject([{ outcome }]);
  }
  expect(ran).toHaveLength(1);
});

it('another key, and the same key of another task, are other effects', async () => {
  const queue = await bench.createQueue();
  const one = counted();
  const other = counted(refund);
  const worker = queue.worker([one.implementation, other.implementation], { state: table.state });
  await queue.send(newMessage('o-3'));
  await queue.send(newMessage('o-3b'));
  await queue.send(newMessage('o-3', undefined, 'refund'));
  await worker.deliver({ count: 3 });
  expect([one.ran.length, other.ran.length]).toEqual([2, 1]);
});

it('a key of any length and any characters is one', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const long = '\ud83d\ude00"\u0000'.repeat(20_000);
  for (const order of [long, long, '\ud800', '\udfff']) {
    await queue.send(newMessage(order));
    await worker.deliver();
  }
  expect(ran).toHaveLength(3);
});

it('while one of a key runs, the other waits for its lease', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const [first, second] = [newMessage('o-4'), newMessage('o-4')];
  await queue.send(first);
  await queue.send(second);
  const { results } = await worker.deliver({ count: 2 });
  expect(ran).toHaveLength(1);
  const outcomes = results.map(({ outcome }) => outcome).sort();
  expect([
    ['completed', 'unfinished'],
    ['completed', 'duplicate'],
  ]).toContainEqual(outcomes);
  // The record of the one that waits says so, and no more.
  const waiting = results.find(({ outcome }) => outcome === 'unfinished');
  if (waiting !== undefined) {
    const id = JSON.parse(waiting.record.body).id;
    expect(await table.state.read(id)).toMatchObject({ status: 'retrying' });
  }
});

it.each(['throw', 'die'])('after one of a key that does %s, the next of it runs', async (does) => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const [bad, good] = [newMessage(`o-5-${does}`, does), newMessage(`o-5-${does}`)];
  await queue.send(bad);
  await worker.deliver();
  await queue.send(good);
  const { results } = await worker.deliver();
  expect(ran).toEqual([bad.id, good.id]);
  expect(results).toMatchObject([{ outcome: 'completed' }]);
});

it('revoking one of a key revokes no other of it', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const [revoked, next] = [newMessage('o-6'), newMessage('o-6')];
  await table.state.createQueued({ id: revoked.id, task: 'charge', queue: 'default' });
  await table.state.revoke(revoked.id);
  await queue.send(revoked);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'revoked' }]);
  await queue.send(next);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
  expect(ran).toEqual([next.id]);
});

it('revoking the one of a key that runs lets the next of it run', async () => {
  const queue = await bench.createQueue();
  const { ran, implementation } = counted();
  const worker = queue.worker([implementation], { state: table.state });
  const [hung, next] = [newMessage('o-7', 'hang'), newMessage('o-7')];
  await queue.send(hung);
  const delivery = worker.deliver();
  await expect.poll(() => ran.length, { interval: 5 }).toBe(1);
  expect(await table.state.revoke(hung.id)).toEqual({ kind: 'revoking' });
  expect((await delivery).results).toMatchObject([{ outcome: 'revoked' }]);
  await queue.send(next);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'completed' }]);
});

it.each([
  ['is empty', () => ''],
  ['is a number', () => 7],
  ['is nothing', () => undefined],
  ['is the payload', (given: object) => given],
  ['comes later', async () => 'secret-1'],
  ['is a BigInt', () => 7n],
])('a key that %s fails the attempt, and tells nothing of the payload', async (_, idempotent) => {
  const queue = await bench.createQueue();
  const task = defineTask({ name: 'charge', payload, retry, idempotent: idempotent as never });
  const { ran, implementation } = counted(task);
  await queue.send(newMessage('secret-1'));
  const { results, lines } = await queue.worker([implementation], { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'retry' }]);
  expect(ran).toEqual([]);
  const failed = lines.find(({ message }) => message === 'task failed');
  expect(failed?.['error.message']).toMatch(/^idempotent of task "charge" gave .*; return a text/);
  expect(JSON.stringify(lines)).not.toContain('secret-1');
});

it('a key function that throws fails the attempt, as what it threw, and is dead in the end', async () => {
  const queue = await bench.createQueue();
  const task = defineTask({
    name: 'charge',
    payload,
    retry: { ...retry, maxAttempts: 2 },
    idempotent: () => {
      throw new RangeError('no such order');
    },
  });
  const { ran, implementation } = counted(task);
  const message = newMessage('o-8');
  await queue.send(message);
  const worker = queue.worker([implementation], { state: table.state });
  const first = await worker.deliver();
  expect(first.results).toMatchObject([{ outcome: 'retry' }]);
  expect(first.count('task.failed', { 'error.type': 'RangeError' })).toBe(1);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  expect(ran).toEqual([]);
  expect(await queue.receiveDead()).toHaveLength(1);
  expect(await table.state.read(message.id)).toMatchObject({
    status: 'failed',
    error: { type: 'RangeError', message: 'no such order' },
  });
});

it('the key is not written down as it is', async () => {
  const queue = await bench.createQueue();
  const { implementation } = counted();
  const message = newMessage('card 4111 1111 1111 1111');
  await queue.send(message);
  await queue.worker([implementation], { state: table.state }).deliver();
  const item = JSON.stringify(await table.item(message.id));
  expect(item.replace(/"result":\{[^}]*\}/, '')).not.toContain('4111');
});

it('a result of a key that was too large is missing for its duplicates too, and they say so', async () => {
  const queue = await bench.createQueue();
  const big = implementTask(charge, () => 'x'.repeat(70_000));
  const worker = queue.worker([big], { state: table.state });
  const messages = [newMessage('o-9'), newMessage('o-9')] as const;
  for (const message of messages) {
    await queue.send(message);
    await worker.deliver();
  }
  for (const { id } of messages) {
    expect(await table.state.read(id)).toMatchObject({
      status: 'completed',
      error: { type: 'ResultTooLarge' },
    });
  }
});
