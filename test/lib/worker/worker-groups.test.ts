import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  defineTask,
  group,
  implementTask,
  NonRetryableError,
  step,
  type Workflow,
} from '../../../lib/index.ts';
import { createProducer } from '../../../lib/producer.ts';
import type { WorkflowRecord } from '../../../lib/state/workflow-records.ts';
import { createRecord } from '../../../lib/testing.ts';
import { createWorker } from '../../../lib/worker.ts';
import { lambdaContext } from './lambda-context.ts';
import { type StateBench, startStateBench } from './state-bench.ts';
import { type BenchQueue, startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
let table: StateBench;
beforeAll(async () => {
  [bench, table] = await Promise.all([startWorkerBench(), startStateBench()]);
});
afterEach(() => table.behave('serve'));
afterAll(() => Promise.all([bench.stop(), table.stop()]));

const retry = { maxAttempts: 1, minDelaySeconds: 0, maxDelaySeconds: 0 };
const member = defineTask({ name: 'member', payload: z.any(), retry, enqueues: ['follower'] });
const follower = defineTask({ name: 'follower', payload: z.any(), retry });

function enqueue(queue: BenchQueue, workflow: Workflow) {
  const queues = { default: { url: queue.url } };
  return createProducer({ queues, client: bench.client, state: table.state }).enqueueWorkflow(
    workflow,
  );
}

async function read(id: string): Promise<WorkflowRecord> {
  const record = await table.state.read(id);
  if (record === undefined || record.kind === 'task') throw new Error(`${id} is no workflow.`);
  return record;
}

const members = (count: number) => Array.from({ length: count }, (_, index) => step(member, index));

/** Members return ten times their payload; those ahead are slower than those behind. */
function tasks(run: (payload: number) => unknown = (payload) => payload * 10) {
  const ran: number[] = [];
  const followed: unknown[] = [];
  const implementations = [
    implementTask(member, async (payload) => {
      const index = payload as number;
      ran.push(index);
      for (let turn = index % 5; turn < 5; turn += 1) await new Promise(setImmediate);
      return run(index);
    }),
    implementTask(follower, (payload) => {
      followed.push(payload);
      return 'followed';
    }),
  ];
  return { ran, followed, implementations };
}

it('20 members on 4 workers fan in once, their results in the order of the members', async () => {
  const queue = await bench.createQueue();
  const { ran, followed, implementations } = tasks();
  const { id, taskIds, traceId } = await enqueue(queue, group(members(20)).then(follower));
  const workers = Array.from({ length: 4 }, () =>
    queue.worker(implementations, { state: table.state }),
  );
  await Promise.all(workers.map((worker) => worker.deliver({ count: 5 })));
  // Where the table was slow some come again.
  while (ran.length < 20) await workers[0]?.deliver();
  expect(ran).toHaveLength(20);
  expect(await queue.left()).toBe(1);
  const last = await workers[0]?.deliver();
  expect(followed).toEqual([Array.from({ length: 20 }, (_, index) => index * 10)]);
  expect(JSON.parse(last?.records[0]?.body ?? '').id).toBe(taskIds[20]);
  expect(last?.span('process default').spanContext().traceId).toBe(traceId);
  expect(await read(id)).toMatchObject({
    kind: 'group',
    status: 'completed',
    members: 20,
    completed: 21,
    result: 'followed',
  });
});

it('duplicates of members, the last among them, do not fan in again', async () => {
  const queue = await bench.createQueue();
  const { ran, followed, implementations } = tasks();
  const { id } = await enqueue(queue, group(members(3)).then(follower));
  const worker = queue.worker(implementations, { state: table.state });
  const { records } = await worker.deliver({ count: 3 });
  for (const { body } of records) await queue.send(body);
  while ((await queue.left()) > 0) await worker.deliver();
  for (const { body } of records) await queue.send(body);
  while ((await queue.left()) > 0) await worker.deliver();
  expect(ran.sort()).toEqual([0, 1, 2]);
  expect(followed).toEqual([[0, 10, 20]]);
  expect(await read(id)).toMatchObject({ status: 'completed' });
});

it('a follower with a payload of its own gets the results by its key', async () => {
  const queue = await bench.createQueue();
  const { followed, implementations } = tasks((index) => (index === 0 ? undefined : index));
  const last = step(follower, { title: 'sums' }, { resultAs: 'sums' });
  await enqueue(queue, group(members(2)).then(last));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver({ count: 2 });
  await worker.deliver();
  expect(followed).toEqual([{ title: 'sums', sums: [null, 1] }]);
});

it('without a follower the list of the results is the result of the group', async () => {
  const queue = await bench.createQueue();
  const { implementations } = tasks();
  const { id } = await enqueue(queue, group(members(4)));
  await queue.worker(implementations, { state: table.state }).deliver({ count: 4 });
  expect(await read(id)).toMatchObject({ status: 'completed', result: [0, 10, 20, 30] });
  expect(await queue.left()).toBe(0);
});

it('results that are too large together are an error of the group, and not nothing', async () => {
  const queue = await bench.createQueue();
  const { implementations } = tasks(() => 'x'.repeat(40_000));
  const { id } = await enqueue(queue, group(members(2)));
  const worker = queue.worker(implementations, { state: table.state });
  const { results, lines } = await worker.deliver({ count: 2 });
  expect(results.map(({ outcome }) => outcome)).toEqual(['completed', 'completed']);
  const { status, failed } = await read(id);
  expect([status, failed?.error.type]).toEqual(['failed', 'ResultTooLarge']);
  expect(lines.map(({ message }) => message)).toContain('the workflow stops');
});

it('results over what SQS takes stop it before the follower, and say what to do', async () => {
  const queue = await bench.createQueue();
  const { followed, implementations } = tasks(() => 'x'.repeat(60_000));
  const { id } = await enqueue(queue, group(members(20)).then(follower));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver({ count: 20 });
  expect(await queue.left()).toBe(0);
  expect(followed).toEqual([]);
  expect(await read(id)).toMatchObject({
    status: 'failed',
    failed: {
      error: {
        type: 'MessageTooLarge',
        message: expect.stringMatching(
          /^The message of step 20, follower, would have 12\d{5} bytes/,
        ),
      },
    },
  });
});

it('a dead member stops it and is shown; redriven, it completes it', async () => {
  const queue = await bench.createQueue();
  let healthy = false;
  const { followed, implementations } = tasks((index) => {
    if (index === 1 && !healthy) throw new NonRetryableError('no stock');
    return index;
  });
  const { id, taskIds } = await enqueue(queue, group(members(3)).then(follower));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver({ count: 3 });
  expect(await queue.left()).toBe(0);
  expect(await read(id)).toMatchObject({
    status: 'failed',
    completed: 2,
    failed: { step: 1, task: 'member', id: taskIds[1], error: { message: 'no stock' } },
  });
  healthy = true;
  const [dead] = await queue.receiveDead();
  await queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes });
  await worker.deliver();
  const resumed = await read(id);
  expect(resumed).toMatchObject({ status: 'running', completed: 3 });
  expect(resumed.failed).toBeUndefined();
  await worker.deliver();
  expect(followed).toEqual([[0, 1, 2]]);
  expect(await read(id)).toMatchObject({ status: 'completed', result: 'followed' });
});

it('what every member writes is small, whatever the steps are', async () => {
  const queue = await bench.createQueue();
  const { id } = await enqueue(queue, group(members(200)).then(follower));
  expect((await read(id)).steps).toHaveLength(201);
  // DynamoDB counts a write by the size of its item, and by KB.
  expect(JSON.stringify(await table.item(id)).length).toBeLessThan(1_000);
});

it('a revoked group runs none of what waits, and sends no follower', async () => {
  const queue = await bench.createQueue();
  const { ran, followed, implementations } = tasks();
  const { id } = await enqueue(queue, group(members(3)).then(follower));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  expect(await table.state.revoke(id)).toEqual({ kind: 'revoked' });
  const { results } = await worker.deliver({ count: 2 });
  expect(results.map(({ outcome }) => outcome)).toEqual(['revoked', 'revoked']);
  expect(ran).toHaveLength(1);
  expect(followed).toEqual([]);
  expect(await queue.left()).toBe(0);
  expect(await read(id)).toMatchObject({ status: 'revoked', completed: 1 });
});

it('a member whose result could not be written is no reason to pass on a list with a hole', async () => {
  const queue = await bench.createQueue();
  const { followed, implementations } = tasks();
  const { id } = await enqueue(queue, group(members(2)).then(follower));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  let updates = 0;
  // Its start; then both tries of its end.
  table.behave((operation) => {
    if (operation === 'UpdateItem') updates += 1;
    return operation === 'UpdateItem' && (updates === 2 || updates === 3) ? 'refuse' : 'serve';
  });
  await worker.deliver();
  expect(followed).toEqual([]);
  expect(await read(id)).toMatchObject({
    status: 'failed',
    failed: { error: { type: 'ResultMissing' } },
  });
});

it('1,000 members fan in once, in bounded time', async () => {
  const { followed, implementations } = tasks((index) => index);
  const bodies: string[] = [];
  // Only the follower goes to SQS: what counts here is the one item of the group.
  const client = {
    send: async (command: { input: { MessageBody?: string } }) => {
      const { MessageBody } = command.input;
      if (MessageBody !== undefined) bodies.push(MessageBody);
      return { MessageId: 'm' };
    },
  } as never;
  const url = 'http://localhost/000000000000/default';
  const steps = Array.from({ length: 1_000 }, (_, index) => ({
    id: `thousand-${index}`,
    task: 'member',
    queue: 'default',
  }));
  const last = { id: 'thousand-follower', task: 'follower', queue: 'default' };
  await table.state.workflows.create({
    kind: 'group',
    id: 'thousand',
    steps: [...steps, last],
    members: 1_000,
  });
  const worker = createWorker(implementations, {
    queues: { default: { url } },
    client,
    state: table.state,
    telemetry: {
      serviceName: 'shop',
      logLevel: 'error',
      traceMode: 'parent',
      flushBeforeResponseMs: 0,
      onShutdown: () => {},
      writeLog: () => {},
      flush: async () => {},
    },
  });
  const records = steps.map(({ id }, index) => {
    const record = createRecord(member, index, { id, queue: 'default' });
    const workflow = { id: 'thousand', step: index };
    return { ...record, body: JSON.stringify({ ...JSON.parse(record.body), workflow }) };
  });
  const start = performance.now();
  let waiting = records;
  while (waiting.length > 0) {
    const Records = waiting.slice(0, 10);
    const { batchItemFailures } = await worker({ Records }, lambdaContext(60_000));
    const failed = new Set(batchItemFailures.map((each) => each.itemIdentifier));
    const again = Records.filter(({ messageId }) => failed.has(messageId));
    waiting = [...waiting.slice(10), ...again];
  }
  expect(bodies).toHaveLength(1);
  const { id, payload } = JSON.parse(bodies[0] ?? '');
  expect(id).toBe('thousand-follower');
  expect(payload).toEqual(Array.from({ length: 1_000 }, (_, index) => index));
  expect(followed).toEqual([]);
  expect(performance.now() - start).toBeLessThan(100_000);
}, 120_000);
