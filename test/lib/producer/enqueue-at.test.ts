import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Message } from '@aws-sdk/client-sqs';
import { SpanKind } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import * as z from 'zod/mini';
import { createLifecycle, decodeMessage, defineTask } from '../../../lib/index.ts';
import { createProducer, type EnqueueOptions, type Producer } from '../../../lib/producer.ts';
import { createTaskState, type TaskState } from '../../../lib/state.ts';
import { startDynamoDb } from '../../../local/dynamodb/start-dynamodb.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, serveRefusal, startProducerBench } from './producer-bench.ts';
import {
  createSchedulerClient,
  GROUP,
  ROLE_ARN,
  type SchedulerBench,
  startSchedulerBench,
} from './scheduler-bench.ts';

const telemetry = startInMemoryTelemetry();
const task = defineTask({ name: 'anything', payload: z.unknown() });
const MINUTE = 60_000;
const inMinutes = (minutes: number) => new Date(Date.now() + minutes * MINUTE);

let bench: ProducerBench;
let url = '';
let fifo = '';
let scheduler: SchedulerBench;
let producer: Producer;
beforeAll(async () => {
  bench = await startProducerBench();
});
beforeEach(async () => {
  url = await bench.createQueue();
  fifo = await bench.createQueue('fifo');
  scheduler = await startSchedulerBench(bench);
  producer = createProducer({
    queues: { default: { url }, line: { url: fifo } },
    client: bench.client,
    scheduler: { roleArn: ROLE_ARN, groupName: GROUP, client: scheduler.client },
  });
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

/** The one message of a queue, once it is there. */
async function arrived(from: string): Promise<Message> {
  const found: Message[] = [];
  const look = async () => {
    found.push(...(await bench.receive(from)));
    return found.length;
  };
  await expect.poll(look, { timeout: 5_000 }).toBe(1);
  return found[0] as Message;
}

describe('without the scheduler', () => {
  it('a time that is over is at once', async () => {
    await producer.enqueue(task, 1, { at: inMinutes(-5) });
    const [message] = await bench.receive(url);
    const { notBefore } = decodeMessage(message?.Body ?? '', '');
    expect(notBefore).toBeUndefined();
    expect(scheduler.schedules()).toEqual([]);
  });

  it('a time that is over is at once on a FIFO queue, too', async () => {
    await producer.enqueue(task, 1, { at: inMinutes(-5), queue: 'line', groupId: 'g' });
    expect(await bench.receive(fifo)).toHaveLength(1);
  });

  it('up to 15 minutes are a delay of SQS, never early', async () => {
    const at = new Date(Date.now() + 1_200);
    await producer.enqueue(task, 1, { at });
    expect(await bench.receive(url)).toEqual([]);
    const { Body = '' } = await arrived(url);
    expect(Date.now()).toBeGreaterThanOrEqual(at.getTime());
    expect(decodeMessage(Body, '').notBefore).toEqual(at);
    expect(scheduler.schedules()).toEqual([]);
  });
});

describe('with a one-time schedule', () => {
  it('it waits in the group under the task id, and the message is as any other', async () => {
    const at = inMinutes(61);
    const { id, traceId } = await producer.enqueue(
      task,
      { text: '<aws.scheduler.scheduled-time>' },
      { at },
    );
    const [schedule] = scheduler.schedules();
    const minute = new Date(Math.ceil(at.getTime() / MINUTE) * MINUTE);
    expect(schedule?.request).toMatchObject({
      GroupName: GROUP,
      ClientToken: id,
      ScheduleExpression: `at(${minute.toISOString().slice(0, 19)})`,
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: `arn:aws:sqs:us-east-1:000000000000:${url.split('/').at(-1)}`,
        RoleArn: ROLE_ARN,
      },
    });
    expect(schedule?.name).toBe(id);

    scheduler.setTime(new Date(minute.getTime() - 1));
    expect(await bench.receive(url)).toEqual([]);
    scheduler.setTime(minute);
    const { Body = '' } = await arrived(url);
    const spanId = telemetry.spans()[0]?.spanContext().spanId;
    expect(decodeMessage(Body, '')).toEqual({
      v: 1,
      id,
      task: 'anything',
      payload: { text: '<aws.scheduler.scheduled-time>' },
      enqueuedAt: expect.any(Date),
      notBefore: minute,
      trace: { traceparent: `00-${traceId}-${spanId}-01` },
    });
    expect(scheduler.schedules()).toEqual([]);
    expect(scheduler.warnings).toEqual([]);
  });

  it('on a FIFO queue from the first minute on, in its group and once', async () => {
    const at = inMinutes(2);
    const { id } = await producer.enqueue(task, 'é"', { at, queue: 'line', groupId: 'g' });
    expect(scheduler.schedules()[0]?.targetArn).toBe('arn:aws:scheduler:::aws-sdk:sqs:sendMessage');
    scheduler.setTime(inMinutes(4));
    const { Attributes, Body = '' } = await arrived(fifo);
    expect(Attributes).toMatchObject({ MessageGroupId: 'g', MessageDeduplicationId: id });
    expect(decodeMessage(Body, '')).toMatchObject({ id, payload: 'é"' });
  });

  it('keeps the group of a standard queue', async () => {
    await producer.enqueue(task, 1, { at: inMinutes(30), groupId: 'tenant-7' });
    scheduler.setTime(inMinutes(32));
    expect((await arrived(url)).Attributes).toHaveProperty('MessageGroupId', 'tenant-7');
  });

  it('a moment ahead on a FIFO queue is a minute that is not over when the call arrives', async () => {
    await producer.enqueue(task, 1, { at: new Date(Date.now() + 5), queue: 'line', groupId: 'g' });
    expect(scheduler.schedules()).toHaveLength(1);
  });

  it('is a span `send`, counted, and told to listeners without a message id', async () => {
    const lifecycle = createLifecycle();
    const heard: object[] = [];
    lifecycle.on('afterEnqueue', (event) => heard.push(event));
    const told = createProducer({
      queues: { default: { url } },
      client: bench.client,
      lifecycle,
      scheduler: { roleArn: ROLE_ARN, groupName: GROUP, client: scheduler.client },
    });
    const { id } = await told.enqueue(task, 1, { at: inMinutes(30) });
    expect(heard).toEqual([{ task: 'anything', id, queue: 'default' }]);
    expect(telemetry.spans().map(({ name, kind }) => [name, kind])).toEqual([
      ['send default', SpanKind.PRODUCER],
    ]);
    expect(telemetry.spans()[0]?.attributes).not.toHaveProperty('messaging.message.id');
  });
});

describe('enqueueMany', () => {
  it('sends what is due now and schedules the rest, each with its result', async () => {
    const times = [inMinutes(-1), inMinutes(20), inMinutes(-1), inMinutes(40)];
    const results = await producer.enqueueMany(task, [0, 1, 2, 3], (_, index) => ({
      at: times[index] ?? new Date(),
    }));
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('enqueued'));
    expect(scheduler.schedules().map(({ name }) => name)).toEqual([results[1]?.id, results[3]?.id]);
    const sent = (await bench.receive(url)).map(({ Body }) => decodeMessage(Body ?? '', '').id);
    expect(sent.toSorted()).toEqual([results[0]?.id, results[2]?.id].toSorted());
  });

  it('tells of each schedule that was not made', async () => {
    const refusing = createProducer({
      queues: { default: { url } },
      client: bench.client,
      scheduler: { roleArn: ROLE_ARN, groupName: 'nowhere', client: scheduler.client },
    });
    const results = await refusing.enqueueMany(task, [0, 1], (_, index) => ({
      at: inMinutes(index * 20),
    }));
    expect(results).toMatchObject([
      { status: 'enqueued' },
      { status: 'failed', error: { code: 'ENQUEUE_FAILED', retryable: false } },
    ]);
    expect(await bench.receive(url)).toHaveLength(1);
  });

  it('one that is refused leaves nothing half done', async () => {
    const both = producer.enqueueMany(task, [0, 'x'.repeat(300_000)], { at: inMinutes(20) });
    await expect(both).rejects.toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
    expect(scheduler.schedules()).toEqual([]);
  });
});

describe('is refused before anything is sent', () => {
  it.each<[string, () => EnqueueOptions, RegExp]>([
    [
      'an invalid Date',
      () => ({ at: new Date('soon') }),
      /^at is an invalid Date; give a valid Date/,
    ],
    ['a string', () => ({ at: '2026-01-01' as never }), /^at is "2026-01-01"; give a valid Date/],
    ['null', () => ({ at: null as never }), /^at is null; give a valid Date/],
    [
      'a delay besides',
      () => ({ at: inMinutes(1), delaySeconds: 5 }),
      /^at and delaySeconds: give one/,
    ],
    [
      'an id that names no schedule',
      () => ({ at: inMinutes(20), id: 'a.b' }),
      /^id is "a\.b", and with at/,
    ],
    ['over a year', () => ({ at: inMinutes(367 * 1440) }), /more than a year ahead/],
    [
      'attributes',
      () => ({ at: inMinutes(1), attributes: { a: 'b' } }),
      /^at and attributes: EventBridge Scheduler/,
    ],
  ])('%s', async (_, options, message) => {
    await expect(producer.enqueue(task, 1, options())).rejects.toMatchObject({
      code: 'INVALID_ENQUEUE_OPTIONS',
      message: expect.stringMatching(message),
    });
    expect(await bench.receive(url)).toEqual([]);
    expect(scheduler.schedules()).toEqual([]);
  });

  it.each([
    [
      '15 minutes and more',
      16,
      {},
      /SQS delays by 15 minutes at most. Give createProducer a scheduler/,
    ],
    [
      'a FIFO queue',
      1,
      { queue: 'line', groupId: 'g' },
      /does not delay single messages of a FIFO/,
    ],
  ])('%s without a scheduler', async (_, minutes, options, message) => {
    const bare = createProducer({
      queues: { default: { url }, line: { url: fifo } },
      client: bench.client,
    });
    const at = inMinutes(minutes);
    await expect(bare.enqueue(task, 1, { at, ...options })).rejects.toThrow(message);
  });

  it('a URL that does not say whose queue it is', async () => {
    const odd = createProducer({
      queues: { default: { url: 'http://127.0.0.1:9/queue' } },
      client: bench.client,
      scheduler: { roleArn: ROLE_ARN, groupName: GROUP, client: scheduler.client },
    });
    await expect(odd.enqueue(task, 1, { at: inMinutes(20) })).rejects.toThrow(
      'does not end in /<account>/<name>',
    );
  });

  it.each([
    ['over 256 KB', 'x'.repeat(262_200), {}],
    ['over 256 KB with its quotes escaped', '"'.repeat(70_000), { groupId: 'g' }],
  ])('%s', async (_, payload, options) => {
    await expect(
      producer.enqueue(task, payload, { at: inMinutes(20), ...options }),
    ).rejects.toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      limit: 262_144,
      message: expect.stringMatching(/bytes and EventBridge Scheduler takes 262144/),
    });
    expect(scheduler.schedules()).toEqual([]);
  });
});

describe('with task state', () => {
  async function startState() {
    const listener = await startDynamoDb([{ tableName: 'state', partitionKey: 'pk' }]);
    const server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    onTestFinished(() => {
      client.destroy();
      server.close();
      server.closeAllConnections();
    });
    const state = createTaskState({ table: 'state', client });
    const expiry = async (id: string) => {
      const Key = { pk: { S: `task#${id}` } };
      const { Item } = await client.send(new GetItemCommand({ TableName: 'state', Key }));
      return Number(Item?.['expires_at']?.N) * 1000;
    };
    return { state, expiry };
  }
  const withState = (state: TaskState, groupName = GROUP) =>
    createProducer({
      queues: { default: { url } },
      client: bench.client,
      state,
      scheduler: { roleArn: ROLE_ARN, groupName, client: scheduler.client },
    });

  it('is queued until then, and its record outlives the wait', async () => {
    const { state, expiry } = await startState();
    const at = inMinutes(100 * 1440);
    const { id } = await withState(state).enqueue(task, 1, { at });
    expect(await state.read(id)).toMatchObject({ status: 'queued' });
    expect(await expiry(id)).toBeGreaterThan(at.getTime() + 14 * 1440 * MINUTE);
  });

  it('has no record where Scheduler did not take it', async () => {
    const { state } = await startState();
    const id = 'refused';
    const failed = withState(state, 'nowhere').enqueue(task, 1, { at: inMinutes(20), id });
    await expect(failed).rejects.toMatchObject({ code: 'ENQUEUE_FAILED' });
    expect(await state.read(id)).toBeUndefined();
  });
});

it.each([
  [500, 'InternalServerException', true],
  [429, 'ThrottlingException', true],
  [400, 'ValidationException', false],
])(
  'a Scheduler that answers %i is EnqueueFailed, retryable: %s %s',
  async (status, type, retryable) => {
    const client = createSchedulerClient(await serveRefusal(status, type));
    const failing = createProducer({
      queues: { default: { url } },
      client: bench.client,
      scheduler: { roleArn: ROLE_ARN, groupName: GROUP, client },
    });
    const failed = failing.enqueue(task, 1, { at: inMinutes(20) });
    await expect(failed).rejects.toMatchObject({
      code: 'ENQUEUE_FAILED',
      retryable,
      message: expect.stringMatching(/^EventBridge Scheduler did not take the message for q-/),
    });
    expect(telemetry.spans()[0]?.status.code).toBe(2);
    client.destroy();
  },
);
