import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { SpanKind } from '@opentelemetry/api';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  chain,
  defineTask,
  implementTask,
  NonRetryableError,
  step,
  type Workflow,
} from '../../../lib/index.ts';
import { createProducer } from '../../../lib/producer.ts';
import type { WorkflowRecord } from '../../../lib/state/workflow-records.ts';
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
const define = (name: string, enqueues: string[] = [], queue = 'default') =>
  defineTask({ name, queue, payload: z.any(), retry, enqueues });
const first = define('first', ['second']);
const second = define('second', ['third']);
const third = define('third');

/** Steps that note what they were given, and return their name or what `does` says. */
function steps(
  does: Record<string, (payload: never) => unknown> = {},
  tasks = [first, second, third],
) {
  const ran: [string, unknown][] = [];
  const implementations = tasks.map((task) =>
    implementTask(task, (payload) => {
      ran.push([task.name, payload]);
      const own = does[task.name];
      return own ? own(payload as never) : `of ${task.name}`;
    }),
  );
  return { ran, implementations };
}

function enqueue(
  queue: BenchQueue,
  workflow: Workflow,
  client: Pick<SQSClient, 'send'> = bench.client,
) {
  const queues = { default: { url: queue.url } };
  return createProducer({ queues, client, state: table.state }).enqueueWorkflow(workflow);
}

async function read(id: string): Promise<WorkflowRecord> {
  const record = await table.state.read(id);
  if (record === undefined || record.kind === 'task') throw new Error(`${id} is no workflow.`);
  return record;
}

/** The real SQS, but for messages that a worker sends of this task. */
function sqsRefusing(task: string, refusals: number) {
  let left = refusals;
  const send = (command: object, options: never) => {
    const isRefused =
      command instanceof SendMessageCommand && command.input.MessageBody?.includes(`"${task}"`);
    if (isRefused && left > 0) {
      left -= 1;
      return Promise.reject(new Error('ServiceUnavailable'));
    }
    return bench.client.send(command as never, options);
  };
  return { send } as unknown as SQSClient;
}

it('each step gets what the one before returned, as its payload or by its key, in one trace', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps({ first: () => ({ price: 7 }), second: () => [1, 2] });
  const { id, taskIds, traceId } = await enqueue(
    queue,
    chain([
      step(first, { order: 'o-1' }),
      second,
      step(third, { copies: 2 }, { resultAs: 'pages' }),
    ]),
  );
  const worker = queue.worker(implementations, { state: table.state });
  const deliveries = [];
  for (const _ of taskIds) deliveries.push(await worker.deliver());
  expect(ran).toEqual([
    ['first', { order: 'o-1' }],
    ['second', { price: 7 }],
    ['third', { copies: 2, pages: [1, 2] }],
  ]);
  expect(await queue.left()).toBe(0);
  expect(await read(id)).toMatchObject({
    kind: 'chain',
    status: 'completed',
    completed: 3,
    result: 'of third',
    traceId,
  });
  for (const [index, taskId] of taskIds.entries()) {
    expect(await table.state.read(taskId)).toMatchObject({
      status: 'completed',
      traceId,
      workflow: { id, step: index },
    });
  }
  const spans = deliveries.flatMap((delivery) => delivery.spans);
  const ofTasks = spans.filter(({ name }) => name !== 'process-tasks');
  expect(ofTasks.map(({ name }) => name)).toEqual([
    'send default',
    'process default',
    'send default',
    'process default',
    'process default',
  ]);
  expect(new Set(ofTasks.map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
  // Each is below the one that sent it.
  const [sent, processed] = ofTasks;
  expect(sent?.kind).toBe(SpanKind.PRODUCER);
  expect(sent?.parentSpanContext?.spanId).toBe(processed?.spanContext().spanId);
  expect(ofTasks[3]?.parentSpanContext?.spanId).toBe(sent?.spanContext().spanId);
  expect(sent?.attributes).toMatchObject({ 'task.name': 'second', 'task.id': taskIds[1] });
  expect(deliveries[0]?.count('task.enqueued', { 'task.name': 'second' })).toBe(1);
});

it('a step that returned nothing passes null on', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps({ first: () => undefined });
  await enqueue(queue, chain([step(first, {}), second]));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  await worker.deliver();
  expect(ran[1]).toEqual(['second', null]);
});

it('a step that dies stops it, and the record shows which; its redriven dead letter resumes it', async () => {
  const queue = await bench.createQueue();
  let healthy = false;
  const { ran, implementations } = steps({
    second: () => {
      if (!healthy) throw new NonRetryableError('no warehouse; x-amz-security-token: abc.def.ghi');
      return 'found';
    },
    third: () => {
      throw new NonRetryableError('no printer');
    },
  });
  const { id, taskIds } = await enqueue(queue, chain([step(first, 1), second, third]));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'dead' }]);
  const stopped = await read(id);
  expect(stopped).toMatchObject({
    status: 'failed',
    completed: 1,
    failed: { step: 1, task: 'second', id: taskIds[1], error: { type: 'NonRetryableError' } },
  });
  expect(stopped.failed?.error.message).toContain('no warehouse');
  expect(stopped.failed?.error.message).not.toContain('abc.def.ghi');
  expect(await queue.left()).toBe(0);

  healthy = true;
  const [dead] = await queue.receiveDead();
  await queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes });
  await worker.deliver();
  expect(await read(id)).toMatchObject({ status: 'running', completed: 2 });
  expect(await read(id)).not.toHaveProperty('failed');
  await worker.deliver();
  expect(ran.map(([name]) => name)).toEqual(['first', 'second', 'second', 'third']);
  expect(ran[3]).toEqual(['third', 'found']);
  // Where it is now, and not where it was.
  expect(await read(id)).toMatchObject({
    status: 'failed',
    failed: { step: 2, error: { message: 'no printer' } },
  });
});

it.each([1, 3])(
  'a next step that SQS does not take %s times is sent when its step comes again',
  async (refusals) => {
    const queue = await bench.createQueue();
    const { ran, implementations } = steps();
    const { id, taskIds } = await enqueue(queue, chain([step(first, 1), second]));
    const client = sqsRefusing('second', refusals);
    const worker = queue.worker(implementations, { state: table.state, client });
    // Its one attempt is used up, and its work is done: what is left is no attempt.
    const earlier = (attempt: number) => ({
      change: (record: Awaited<ReturnType<typeof worker.deliver>>['records'][number]) => ({
        ...record,
        attributes: { ...record.attributes, ApproximateReceiveCount: String(attempt) },
      }),
    });
    for (let attempt = 1; attempt <= refusals; attempt += 1) {
      const { results, logged, span } = await worker.deliver(earlier(attempt));
      expect(results).toMatchObject([{ outcome: 'retry' }]);
      expect(results[0]?.visibilitySeconds).toBeGreaterThanOrEqual(2);
      expect(logged()).toContain('the workflow could not be taken further');
      expect(span('send default').attributes['error.type']).toBe('Error');
      // What a redelivery is, without its delay.
      const body = JSON.stringify(JSON.parse(results[0]?.record.body ?? ''));
      const { traceparent } = results[0]?.record.messageAttributes ?? {};
      await queue.send(body, {
        MessageAttributes: {
          traceparent: { DataType: 'String', StringValue: traceparent?.stringValue },
        },
      });
    }
    const again = await worker.deliver();
    expect(again.results).toMatchObject([{ outcome: 'duplicate' }]);
    const next = await worker.deliver();
    expect(next.results).toMatchObject([{ outcome: 'completed' }]);
    expect(JSON.parse(next.records[0]?.body ?? '').id).toBe(taskIds[1]);
    expect(ran).toEqual([
      ['first', 1],
      ['second', 'of first'],
    ]);
    expect(await read(id)).toMatchObject({ status: 'completed' });
  },
  30_000,
);

it('a next step that cannot be sent for ever is a dead letter of the step, shown, and resumed by it', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps();
  const { id } = await enqueue(queue, chain([step(first, 1), second]));
  const client = sqsRefusing('second', 1);
  const worker = queue.worker(implementations, { state: table.state, client });
  const { results } = await worker.deliver({
    change: (record) => ({
      ...record,
      attributes: { ...record.attributes, ApproximateReceiveCount: '9' },
    }),
  });
  expect(results).toMatchObject([{ outcome: 'dead' }]);
  expect(await read(id)).toMatchObject({
    status: 'failed',
    failed: { step: 0, error: { message: 'ServiceUnavailable' } },
  });
  const [dead] = await queue.receiveDead();
  await queue.send(dead?.Body, { MessageAttributes: dead?.MessageAttributes });
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'duplicate' }]);
  await worker.deliver();
  expect(ran.map(([name]) => name)).toEqual(['first', 'second']);
  expect(await read(id)).toMatchObject({ status: 'completed' });
});

it('the rule of a task for its own errors has no say in what SQS does', async () => {
  const queue = await bench.createQueue();
  const never = defineTask({ ...first, retry: { ...retry, when: () => false } });
  const { implementations } = steps({}, [never, second]);
  await enqueue(queue, chain([step(never, 1), second]));
  const client = sqsRefusing('second', 1);
  const { results } = await queue.worker(implementations, { state: table.state, client }).deliver();
  expect(results).toMatchObject([{ outcome: 'retry' }]);
});

it('duplicates of steps, early and late, run nothing twice', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps();
  const { id } = await enqueue(queue, chain([step(first, 1), second, third]));
  const worker = queue.worker(implementations, { state: table.state });
  const bodies: string[] = [];
  const deliver = async () => {
    const { records } = await worker.deliver();
    bodies.push(records[0]?.body ?? '');
  };
  await deliver();
  // The next step is on its queue: it is sent once more, and runs once.
  await queue.send(bodies[0]);
  await deliver();
  await deliver();
  while ((await queue.left()) > 0) await deliver();
  const everything = [...new Set(bodies)];
  for (const body of everything) await queue.send(body);
  // A step that has left its queue is not sent again: there are these, and no more.
  for (const _ of everything) await deliver();
  expect(await queue.left()).toBe(0);
  expect(ran.map(([name]) => name)).toEqual(['first', 'second', 'third']);
  expect(await read(id)).toMatchObject({ status: 'completed', completed: 3, result: 'of third' });
});

it('a step whose queue is not in QUEUES stops it, with what to do', async () => {
  const queue = await bench.createQueue();
  const elsewhere = define('second', [], 'elsewhere');
  const { ran, implementations } = steps({}, [first]);
  const queues = { default: { url: queue.url }, elsewhere: { url: `${queue.url}-none` } };
  const producer = createProducer({ queues, client: bench.client, state: table.state });
  const { id } = await producer.enqueueWorkflow(chain([step(first, 1), elsewhere]));
  const worker = queue.worker(implementations, { state: table.state });
  const { results, response, logged } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(logged()).toContain('the workflow stops');
  expect(ran).toHaveLength(1);
  const { failed, status } = await read(id);
  expect(status).toBe('failed');
  expect(failed).toMatchObject({ step: 0, error: { type: 'UnknownQueue' } });
  expect(failed?.error.message).toContain('Name second in `enqueues` of first');
});

it('where that stop cannot be written, the step comes again, and it is written then', async () => {
  const queue = await bench.createQueue();
  const elsewhere = define('second', [], 'elsewhere');
  const { implementations } = steps({}, [first]);
  const queues = { default: { url: queue.url }, elsewhere: { url: `${queue.url}-none` } };
  const producer = createProducer({ queues, client: bench.client, state: table.state });
  const { id } = await producer.enqueueWorkflow(chain([step(first, 1), elsewhere]));
  const worker = queue.worker(implementations, { state: table.state });
  let updates = 0;
  // The start, the end, the step; then the stop.
  table.behave((operation) => {
    if (operation === 'UpdateItem') updates += 1;
    return updates < 4 ? 'serve' : 'refuse';
  });
  const { results, records } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'retry' }]);
  table.behave('serve');
  await queue.send(records[0]?.body);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'duplicate' }]);
  expect(await read(id)).toMatchObject({ status: 'failed', failed: { step: 0 } });
});

it.each([
  ['too large a message', () => 'x'.repeat(60_000), { text: 'y'.repeat(40_000) }, undefined],
  ['a result that is too large', () => 'x'.repeat(70_000), undefined, 'ResultTooLarge'],
  ['a result that is no JSON', () => 1n, undefined, 'ResultNotJson'],
])('%s', async (_, returned, payload, type) => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps({ first: returned });
  const next = payload ? step(second, payload, { resultAs: 'carried' }) : second;
  const { id } = await enqueue(queue, chain([step(first, 1), next]));
  const worker = queue.worker(implementations, { state: table.state });
  const { results, records } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  if (type === undefined) {
    await worker.deliver();
    expect(ran[1]).toEqual(['second', { ...payload, carried: returned() }]);
    return;
  }
  expect(await read(id)).toMatchObject({ status: 'failed', failed: { step: 0, error: { type } } });
  // A duplicate neither sends the next one nor hides why.
  await queue.send(records[0]?.body);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'duplicate' }]);
  expect(await queue.left()).toBe(0);
  expect(await read(id)).toMatchObject({ failed: { error: { type } } });
});

it('a revoked one sends nothing more, and its step that runs is aborted or goes for nothing', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps({
    first: () => table.state.revoke(workflowId),
  });
  const { id: workflowId } = await enqueue(queue, chain([step(first, 1), second]));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  expect(ran).toHaveLength(1);
  expect(await queue.left()).toBe(0);
  expect(await read(workflowId)).toMatchObject({ status: 'revoked' });
});

it('a revoked step stops its chain; nothing of it is a retry or a dead letter, the table gone or not', async () => {
  const queue = await bench.createQueue();
  const { ran, implementations } = steps();
  const worker = queue.worker(implementations, { state: table.state });
  const one = await enqueue(queue, chain([step(first, 1), second]));
  await table.state.revoke(one.taskIds[0] as string);
  expect((await worker.deliver()).results).toMatchObject([{ outcome: 'revoked' }]);
  expect(await read(one.id)).toMatchObject({
    status: 'failed',
    failed: { step: 0, error: { type: 'TaskRevoked' } },
  });
  const other = await enqueue(queue, chain([step(first, 1), second]));
  await table.state.revoke(other.taskIds[0] as string);
  let updates = 0;
  table.behave((operation) => {
    if (operation === 'UpdateItem') updates += 1;
    return updates < 2 ? 'serve' : 'refuse';
  });
  const { results, response } = await worker.deliver();
  expect(results).toMatchObject([{ outcome: 'revoked' }]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(ran).toEqual([]);
});

it('a next step that was revoked before it could be sent stops it', async () => {
  const queue = await bench.createQueue();
  const { implementations } = steps();
  const { id, taskIds } = await enqueue(queue, chain([step(first, 1), second]));
  const client = sqsRefusing('second', 1);
  const worker = queue.worker(implementations, { state: table.state, client });
  const { records } = await worker.deliver();
  await table.state.revoke(taskIds[1] as string);
  await queue.send(records[0]?.body);
  await worker.deliver();
  expect(await read(id)).toMatchObject({
    status: 'failed',
    failed: { error: { type: 'TaskRevoked' } },
  });
});

it('the message of a chain without a record is no loop: it is done, and an error', async () => {
  const queue = await bench.createQueue();
  const { implementations } = steps();
  await queue.send({ id: 'stray', task: 'first', payload: 1, workflow: { id: 'none', step: 0 } });
  const { results, lines } = await queue.worker(implementations, { state: table.state }).deliver();
  expect(results).toMatchObject([{ outcome: 'completed' }]);
  expect(lines).toContainEqual(
    expect.objectContaining({
      message: 'the workflow stops',
      'error.message': 'There is no record of workflow none.',
    }),
  );
});

it('a table that hangs while the next step is sent does not outlast the invocation', async () => {
  const queue = await bench.createQueue();
  const { implementations } = steps();
  await enqueue(queue, chain([step(first, 1), second]));
  table.behave((operation) => (operation === 'PutItem' ? 'hang' : 'serve'));
  const worker = queue.worker(implementations, { state: table.state });
  const { results, elapsedMs } = await worker.deliver({ remainingMs: 2_000 });
  expect(results).toMatchObject([{ outcome: 'retry' }]);
  expect(elapsedMs).toBeLessThan(2_000);
});

it('steps on FIFO queues keep their group, and are told apart by their ids', async () => {
  const queue = await bench.createQueue({ fifo: true });
  const { ran, implementations } = steps();
  const inGroup = { groupId: 'customer-7' };
  await enqueue(queue, chain([step(first, 1, inGroup), step(second, undefined, inGroup)]));
  const worker = queue.worker(implementations, { state: table.state });
  await worker.deliver();
  const { records } = await worker.deliver();
  expect(records[0]?.attributes.MessageGroupId).toBe('customer-7');
  expect(records[0]?.attributes.MessageDeduplicationId).toBe(JSON.parse(records[0]?.body ?? '').id);
  expect(ran).toEqual([
    ['first', 1],
    ['second', 'of first'],
  ]);
});
