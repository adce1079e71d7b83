import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { chain, defineTask, group, step, type Workflow } from '../../../lib/index.ts';
import { createProducer, type Producer } from '../../../lib/producer.ts';
import type { WorkflowRecord } from '../../../lib/state.ts';
import { type StateBench, startStateBench } from '../../support/state-bench.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const order = z.object({ order_id: z.string() });
const fetchOrder = defineTask({
  name: 'fetch',
  payload: order,
  enqueues: ['price', 'fetch', 'sum'],
});
const price = defineTask({ name: 'price', payload: z.unknown(), enqueues: ['sum'] });
const sum = defineTask({ name: 'sum', payload: z.unknown(), queue: 'other' });
const fifo = defineTask({ name: 'sorted', payload: z.unknown(), queue: 'fifo' });

let sqs: ProducerBench;
let table: StateBench;
let url = '';
let queues: Record<string, { url: string }>;
beforeAll(async () => {
  sqs = await startProducerBench();
  table = await startStateBench();
});
beforeEach(async () => {
  url = await sqs.createQueue();
  queues = { default: { url }, other: { url: await sqs.createQueue() } };
  telemetry.clear();
});
afterEach(() => table.heal());
afterAll(async () => {
  await sqs.stop();
  await table.stop();
  await telemetry.stop();
});

function producer(client: Pick<ProducerBench['client'], 'send'> = sqs.client): Producer {
  return createProducer({ queues, client, state: table.state });
}
const bodies = async () => (await sqs.receive(url)).map(({ Body }) => JSON.parse(Body ?? ''));
const first = step(fetchOrder, { order_id: 'o-1' });
const recordOf = async (id: string) => (await table.state.read(id)) as WorkflowRecord;
/** Of every chain and group whose record was written since the last `heal`. */
const written = () =>
  table.calls.flatMap(({ operation, input }) => {
    const { kind, id } = (input['Item'] ?? {}) as Record<string, { S: string }>;
    const isWorkflow = kind?.S === 'chain' || kind?.S === 'group';
    return operation === 'PutItem' && isWorkflow && id ? [id.S] : [];
  });

describe('a chain', () => {
  it('has its record before its first message is sent, and the others are not sent', async () => {
    const before: unknown[] = [];
    const client = {
      send: async (command: never) => {
        before.push(...written());
        return sqs.client.send(command);
      },
    } as never;
    const enqueued = await producer(client).enqueueWorkflow(
      chain([first, step(price, { currency: 'EUR' }, { resultAs: 'order' }), sum]),
    );
    const { id, kind, taskIds, traceId } = enqueued;
    expect(kind).toBe('chain');
    expect(new Set([id, ...taskIds]).size).toBe(4);
    expect(before).toEqual([id]);
    expect(await bodies()).toEqual([
      expect.objectContaining({
        id: taskIds[0],
        task: 'fetch',
        payload: { order_id: 'o-1' },
        workflow: { id, step: 0 },
      }),
    ]);
    expect(await recordOf(id)).toMatchObject({
      kind: 'chain',
      status: 'running',
      completed: 0,
      traceId,
      steps: [
        { id: taskIds[0], task: 'fetch', queue: 'default' },
        { id: taskIds[1], task: 'price', payload: { currency: 'EUR' }, resultAs: 'order' },
        { id: taskIds[2], task: 'sum', queue: 'other' },
      ],
    });
    expect(await table.state.read(taskIds[0] ?? '')).toMatchObject({
      status: 'queued',
      workflow: { id, step: 0 },
      traceId,
    });
    expect(await table.state.read(taskIds[1] ?? '')).toBeUndefined();
  });
});

describe('a group', () => {
  it('sends all its members, and not what follows', async () => {
    const members = Array.from({ length: 23 }, (_, n) => step(price, n));
    const { id, taskIds } = await producer().enqueueWorkflow(group(members).then(sum));
    expect(taskIds).toHaveLength(24);
    expect(await recordOf(id)).toMatchObject({ kind: 'group', members: 23, status: 'running' });
    const records = await table.state.readMany(taskIds);
    expect(taskIds.map((each) => records.get(each)?.status)).toEqual([
      ...Array(23).fill('queued'),
      undefined,
    ]);
    expect(records.get(taskIds[22] ?? '')?.workflow).toEqual({ id, step: 22 });
  });

  it('of a thousand members has room in its record', async () => {
    const members = Array.from({ length: 1_000 }, (_, n) => step(price, n));
    const { id } = await producer().enqueueWorkflow(group(members).then(sum));
    expect((await recordOf(id)).steps).toHaveLength(1_001);
  }, 60_000);
});

describe('refuses, with nothing written or sent,', () => {
  const big = 'x'.repeat(150_000);

  it.each<[string, () => Workflow, string]>([
    [
      'a step that the one before does not name',
      () => chain([step(price, 1), first]),
      '"fetch" comes after "price" in a chain: add it to `enqueues` of "price", so that its worker may send to queue "default".',
    ],
    [
      'what follows a group that one of its members does not name',
      () => group([first, step(sum, 1)]).then(sum),
      '"sum" comes after "sum" in a group',
    ],
    ['a first payload that the schema refuses', () => chain([step(fetchOrder, {})]), 'fetch'],
    ['a first step without a payload', () => chain([price]), 'undefined is not JSON'],
    ['a member without a payload', () => group([step(price, 1), price]), 'undefined is not JSON'],
    [
      'a later payload that the schema refuses',
      () => chain([first, step(fetchOrder, {})]),
      'fetch',
    ],
    ['a later payload that is not JSON', () => chain([first, step(price, 1n)]), 'BigInt'],
    [
      'steps that the record has no room for',
      () => chain([first, step(price, big), step(sum, big)]),
      'and its record takes 300000. Pass references to the data instead.',
    ],
    ['a queue that it does not know', () => chain([step(fifo, 1)]), 'Add it to QUEUES.'],
    [
      'a first step that is to take a result',
      () => chain([step(price, {}, { resultAs: 'x' })]),
      'resultAs is "x" at "price": no step comes before it',
    ],
    [
      'a member that is to take a result',
      () => group([step(price, {}, { resultAs: 'x' })]),
      'no step comes before it',
    ],
    [
      'a result for a payload that is a list',
      () => chain([first, step(price, [1], { resultAs: 'x' })]),
      'its payload is no object',
    ],
  ])('%s', async (_, workflow, message) => {
    await expect(producer().enqueueWorkflow(workflow())).rejects.toThrow(message);
    expect(table.calls).toEqual([]);
    expect(await bodies()).toEqual([]);
  });

  it('a FIFO step without its group', async () => {
    queues['fifo'] = { url: await sqs.createQueue('fifo') };
    const before = defineTask({ name: 'before', payload: z.unknown(), enqueues: ['sorted'] });
    const ask = (groupId?: string) =>
      producer().enqueueWorkflow(
        chain([step(before, 1), step(fifo, 2, groupId === undefined ? {} : { groupId })]),
      );
    await expect(ask()).rejects.toThrow('Queue "fifo" is FIFO: give a groupId.');
    expect(table.calls).toEqual([]);
    const { id } = await ask('g');
    expect((await recordOf(id)).steps[1]).toMatchObject({ groupId: 'g' });
  });

  it('anything without task state', async () => {
    const without = createProducer({ queues, client: sqs.client });
    await expect(without.enqueueWorkflow(chain([first]))).rejects.toThrow('TASK_TABLE');
    expect(await bodies()).toEqual([]);
  });
});

it('leaves nothing that runs where a message is too large', async () => {
  const workflow = chain([step(price, 'x'.repeat(1_100_000))]);
  await expect(producer().enqueueWorkflow(workflow)).rejects.toMatchObject({
    code: 'MESSAGE_TOO_LARGE',
  });
  for (const id of written()) expect((await recordOf(id)).status).toBe('revoked');
  expect(await bodies()).toEqual([]);
});

it('sends nothing where the record cannot be written', async () => {
  table.breakBy(() => ({ status: 400, type: 'AccessDeniedException' }));
  await expect(producer().enqueueWorkflow(chain([first]))).rejects.toMatchObject({
    code: 'STATE_UNAVAILABLE',
  });
  expect(await bodies()).toEqual([]);
});

describe('a group of which SQS takes a part', () => {
  /** SQS refuses the third message, whatever else it takes. */
  const partly = {
    send: async (command: unknown) => {
      if (!(command instanceof SendMessageBatchCommand)) throw new Error('unexpected');
      const { QueueUrl, Entries = [] } = command.input;
      const taken = Entries.filter(({ MessageBody = '' }) => JSON.parse(MessageBody).payload !== 2);
      const answer = await sqs.client.send(
        new SendMessageBatchCommand({ QueueUrl, Entries: taken }),
      );
      const Id = Entries.find((entry) => !taken.includes(entry))?.Id;
      return { ...answer, Failed: [{ Id, Code: 'InvalidMessage', SenderFault: true }] };
    },
  } as never;
  const members = group([0, 1, 2, 3].map((n) => step(price, n)));

  it('is revoked, with what is on its queue, and with what may be', async () => {
    const error = await producer(partly)
      .enqueueWorkflow(members)
      .catch((thrown: unknown) => thrown);
    const [id = ''] = written();
    expect(error).toMatchObject({ code: 'ENQUEUE_FAILED', retryable: true });
    expect(String(error)).toContain(
      `SQS did not take 1 of 4 messages of the group ${id}. It is revoked: enqueue it again.`,
    );
    const { status, steps } = await recordOf(id);
    expect(status).toBe('revoked');
    for (const { id: taskId } of steps) {
      const facts = { id: taskId, task: 'price', queue: 'q', attempt: 1, requestId: 'r' };
      const start = await table.state.attempts.start(
        { ...facts, owner: 'o' },
        { exclusive: true, redriven: false, leaseUntil: Date.now() + 60_000 },
        AbortSignal.timeout(20_000),
      );
      expect(start).toEqual({ kind: 'revoked' });
    }
  });

  it('that cannot be revoked either says both', async () => {
    table.breakBy(({ operation }) =>
      operation === 'GetItem' ? { status: 400, type: 'AccessDeniedException' } : undefined,
    );
    const error = await producer(partly)
      .enqueueWorkflow(members)
      .catch((thrown: unknown) => thrown);
    const [id] = written();
    expect(error).toMatchObject({ code: 'ENQUEUE_FAILED' });
    expect(String(error)).toContain('SQS did not take 1 of 4 messages');
    expect(String(error)).toContain(`It could not be revoked (`);
    expect(String(error)).toContain(`): revoke ${id}.`);
  });
});
