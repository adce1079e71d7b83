import type { SQSRecord } from 'aws-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask, NonRetryableError } from '../../../lib/index.ts';
import type { BenchQueue, WorkerBench } from './worker-bench.ts';
import { startWorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

type Step = 'ok' | 'throw' | 'die' | 'hang';
const step = defineTask({
  name: 'step',
  payload: z.object({ name: z.string(), does: z.string() }),
  retry: { maxAttempts: 2, minDelaySeconds: 40, maxDelaySeconds: 90 },
});

/** Runs steps and notes their order. */
function steps(ran: string[]) {
  return implementTask(step, async ({ name, does }, { signal }) => {
    ran.push(name);
    if (does === 'throw') throw new Error('x');
    if (does === 'die') throw new NonRetryableError('x');
    if (does === 'hang') await new Promise((_, reject) => signal.addEventListener('abort', reject));
    await new Promise(setImmediate);
  });
}

/**
 * One batch of these groups. The local server gives out one message of a group at a time, so each
 * is sent in a group of its own, and its record is given the group that it is meant for.
 */
async function sendGroups(queue: BenchQueue, groups: Record<string, Step[]>) {
  const names: string[] = [];
  for (const [group, does] of Object.entries(groups)) {
    for (const [index, each] of does.entries()) {
      const name = `${group}${index + 1}`;
      names.push(name);
      await queue.send(
        { id: name, task: 'step', payload: { name, does: each } },
        { MessageGroupId: name, MessageDeduplicationId: name },
      );
    }
  }
  const change = (record: SQSRecord): SQSRecord => ({
    ...record,
    attributes: {
      ...record.attributes,
      MessageGroupId: String(record.attributes.MessageGroupId?.[0]),
    },
  });
  return { count: names.length, change };
}

it('after a failure the rest of its group is handed back unrun with its delay, other groups run', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const ran: string[] = [];
  const options = await sendGroups(queue, { a: ['ok', 'throw', 'ok', 'ok'], b: ['ok', 'ok'] });
  const delivery = await queue.worker([steps(ran)]).deliver(options);
  expect(ran.filter((name) => name.startsWith('a'))).toEqual(['a1', 'a2']);
  expect(ran.filter((name) => name.startsWith('b'))).toEqual(['b1', 'b2']);
  const byName = Object.fromEntries(
    delivery.results.map((result) => [JSON.parse(result.record.body).id, result]),
  );
  expect(byName).toMatchObject({
    a1: { outcome: 'completed' },
    a2: { outcome: 'retry' },
    a3: { outcome: 'unfinished' },
    a4: { outcome: 'unfinished' },
    b1: { outcome: 'completed' },
    b2: { outcome: 'completed' },
  });
  const delay = byName['a2']?.visibilitySeconds;
  expect(byName['a3']?.visibilitySeconds).toBe(delay);
  expect(byName['a4']?.visibilitySeconds).toBe(delay);
  const changes = delivery.calls.flatMap(({ input }) => input.Entries);
  expect(changes.map((each) => each.VisibilityTimeout)).toEqual([delay, delay, delay]);
  expect(delivery.response.batchItemFailures).toHaveLength(3);
  expect(await queue.left()).toBe(3);
  expect(delivery.count('task.unfinished')).toBe(2);
  expect(delivery.count('task.started')).toBe(4);
});

it('groups run side by side', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const ran: string[] = [];
  const options = await sendGroups(queue, { a: ['ok', 'ok'], b: ['ok', 'ok'], c: ['ok'] });
  await queue.worker([steps(ran)]).deliver(options);
  expect(new Set(ran.slice(0, 3))).toEqual(new Set(['a1', 'b1', 'c1']));
});

it('a dead message frees its group', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const ran: string[] = [];
  const options = await sendGroups(queue, { a: ['die', 'ok'] });
  const { results } = await queue.worker([steps(ran)]).deliver(options);
  expect(results.map(({ outcome }) => outcome).sort()).toEqual(['completed', 'dead']);
  expect(ran).toEqual(['a1', 'a2']);
});

it.each([
  ['in a batch of several', 10, { a: ['throw'], b: ['ok'] } as const, 'retry'],
  ['alone, where batches may be of several', 10, { a: ['throw'] } as const, 'retry'],
  ['alone, by a batch size of 1', 1, { a: ['throw'] } as const, 'dead'],
])('with its attempts used up, %s', async (_, batchSize, groups, outcome) => {
  const queue = await bench.createQueue({ fifo: true, batchSize });
  const { count, change } = await sendGroups(queue, groups as never);
  const { results } = await queue.worker([steps([])]).deliver({
    count,
    change: (record) => {
      const changed = change(record);
      changed.attributes.ApproximateReceiveCount = '7';
      return changed;
    },
  });
  expect(results.map((each) => each.outcome)).toContain(outcome);
  expect(await queue.receiveDead()).toHaveLength(outcome === 'dead' ? 1 : 0);
});

it('behind a message that the deadline aborted nothing runs, and the group stays together', async () => {
  const queue = await bench.createQueue({ fifo: true, batchSize: 10 });
  const ran: string[] = [];
  const options = await sendGroups(queue, { a: ['hang', 'ok'] });
  const { results, calls } = await queue.worker([steps(ran)]).deliver({
    ...options,
    remainingMs: 200,
  });
  expect(ran).toEqual(['a1']);
  expect(results.map(({ outcome }) => outcome)).toEqual(['unfinished', 'unfinished']);
  // Both come back by the visibility timeout, not the second before the first.
  expect(calls).toEqual([]);
});

it('the span tells the group', async () => {
  const queue = await bench.createQueue({ fifo: true });
  const options = await sendGroups(queue, { a: ['ok'] });
  const { span } = await queue.worker([steps([])]).deliver(options);
  expect(span('process default').attributes['aws.sqs.message_group_id']).toBe('a');
});
