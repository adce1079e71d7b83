import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, EnqueueFailed, InvalidSetting } from '../../../lib/index.ts';
import { createProducer, type Producer } from '../../../lib/producer.ts';
import { promised } from '../../support/promised.ts';
import { type Fault, type StateBench, startStateBench } from '../../support/state-bench.ts';
import { until } from '../../support/until.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const task = defineTask({ name: 'anything', payload: z.unknown() });

let sqs: ProducerBench;
let table: StateBench;
let url = '';
let producer: Producer;
beforeAll(async () => {
  sqs = await startProducerBench();
  table = await startStateBench();
});
beforeEach(async () => {
  url = await sqs.createQueue();
  producer = producerTo(url);
  telemetry.clear();
});
afterEach(() => table.heal());
afterAll(async () => {
  await sqs.stop();
  await table.stop();
  await telemetry.stop();
});

function producerTo(queueUrl: string, client: Pick<ProducerBench['client'], 'send'> = sqs.client) {
  return createProducer({ queues: { default: { url: queueUrl } }, client, state: table.state });
}
const missing = () => producerTo(`${sqs.endpoint}/000000000000/missing`);

/** Calls `before` when the send is about to be made. */
function sendAfter(before: () => Promise<unknown>): Pick<ProducerBench['client'], 'send'> {
  const send = async (command: never) => {
    await before();
    return sqs.client.send(command);
  };
  return { send } as never;
}

const facts = (id: string) => ({
  id,
  task: 'anything',
  queue: 'default',
  attempt: 1,
  requestId: 'r',
  owner: randomUUID(),
});
const signal = AbortSignal.timeout(600_000);
const options = { exclusive: true, redriven: false, leaseUntil: Date.now() + 600_000 };
const warnings = () => telemetry.logRecords().filter(({ severityText }) => severityText === 'WARN');

const enqueueOne = async (by: Producer) => [(await by.enqueue(task, 1)).id];
const enqueueThree = async (by: Producer) =>
  (await by.enqueueMany(task, [1, 2, 3])).map(({ id }) => id);

describe.each([
  ['enqueue', enqueueOne, 1],
  ['enqueueMany', enqueueThree, 3],
])('%s', (_, enqueue, count) => {
  it('writes the record, with the trace, before the message is sent', async () => {
    const seen: unknown[] = [];
    const client = sendAfter(async () => {
      const [call] = table.calls;
      seen.push(call?.operation);
    });
    const ids = await enqueue(producerTo(url, client));
    expect(seen).toEqual(['PutItem']);
    for (const id of ids) {
      expect(await producer.result(id)).toEqual({
        kind: 'task',
        id,
        task: 'anything',
        queue: 'default',
        status: 'queued',
        attempts: 0,
        enqueuedAt: expect.any(Date),
        traceId: expect.stringMatching(/^[0-9a-f]{32}$/),
      });
    }
  });

  it('takes the record back when SQS does not take the message', async () => {
    await enqueue(missing()).catch(() => []);
    const written = table.calls.flatMap(({ operation, input }) =>
      operation === 'DeleteItem' ? [(input['Key'] as { pk: { S: string } }).pk.S] : [],
    );
    expect(written).toHaveLength(count);
    for (const pk of written) expect(await table.item(pk)).toBeUndefined();
  });

  it('leaves the record of a message that a worker has taken all the same', async () => {
    const started = new Set<string>();
    const client = sendAfter(async () => {
      const writes = table.calls.filter(({ operation }) => /^Put/.test(operation));
      for (const [, id = ''] of JSON.stringify(writes).matchAll(/"task#([^"]+)"/g)) {
        if (!started.has(id)) await table.state.attempts.start(facts(id), options, signal);
        started.add(id);
      }
      throw Object.assign(new Error('No answer came.'), { name: 'TimeoutError', $fault: 'client' });
    });
    await enqueue(producerTo(url, client)).catch(() => []);
    expect(started.size).toBe(count);
    for (const id of started)
      expect(await producer.result(id)).toMatchObject({ status: 'running' });
  });

  it.each<[string, Fault, number]>([
    ['hangs', () => 'hang', 3_000],
    ['refuses access', () => ({ status: 400, type: 'AccessDeniedException' }), 1_000],
    ['throttles', () => ({ status: 400, type: 'ThrottlingException' }), 3_000],
    ['fails', () => ({ status: 500, type: 'InternalServerError' }), 3_000],
  ])('sends with one warning when the table %s', async (__, fault, extraMs) => {
    table.breakBy(fault);
    const start = performance.now();
    const ids = await enqueue(producer);
    expect(performance.now() - start).toBeLessThan(promised(1_000 + extraMs));
    const bodies = (await sqs.receive(url)).map(({ Body }) => JSON.parse(Body ?? '').id);
    expect(bodies.sort()).toEqual(ids.sort());
    expect(warnings().map(({ body }) => body)).toEqual(['task state could not be written']);
  });

  it('fails as it would without state, with one warning more, when SQS is down too', async () => {
    table.breakBy(() => ({ status: 400, type: 'AccessDeniedException' }));
    const failed = await missing()
      .enqueueMany(task, [1, 2, 3])
      .catch((error: unknown) => error);
    expect(failed).toMatchObject(Array(3).fill({ status: 'failed' }));
    expect(warnings().length).toBeLessThanOrEqual(2);
  });

  it('writes nothing for what is refused', async () => {
    const huge = 'x'.repeat(1_100_000);
    await expect(producer.enqueue(task, huge)).rejects.toThrow('bytes');
    await expect(producer.enqueueMany(task, [1, huge])).rejects.toThrow('bytes');
    expect(table.calls).toEqual([]);
  });
});

describe('an id that the caller chose', () => {
  const both = [
    ['enqueue', (by: Producer, id: string) => by.enqueue(task, 1, { id })],
    ['enqueueMany', (by: Producer, id: string) => by.enqueueMany(task, [1], { id })],
    [
      'enqueueMany of several',
      (by: Producer, id: string) =>
        by.enqueueMany(task, [1, 2], (__, index) => ({ id: index === 0 ? id : randomUUID() })),
    ],
  ] as const;

  it.each(both)('%s leaves the record of a task that has ended', async (_, enqueue) => {
    const id = randomUUID();
    await table.state.attempts.end(facts(id), { kind: 'completed', resultJson: '7' }, signal);
    await enqueue(producer, id);
    expect(await producer.result(id)).toMatchObject({ status: 'completed', result: 7 });
    expect(await table.state.attempts.start(facts(id), options, signal)).toMatchObject({
      kind: 'completed',
    });
  });

  it.each(both)('%s leaves the record of one that runs', async (_, enqueue) => {
    const id = randomUUID();
    await table.state.attempts.start(facts(id), options, signal);
    await enqueue(producer, id);
    expect((await table.state.attempts.start(facts(id), options, signal)).kind).toBe('busy');
  });

  it.each(both)('%s that fails leaves the record of an earlier message', async (_, enqueue) => {
    const id = randomUUID();
    await producer.enqueue(task, 1, { id });
    await Promise.resolve(enqueue(missing(), id)).catch(() => []);
    expect(await producer.result(id)).toMatchObject({ status: 'queued' });
  });

  it.each(both)('%s that fails takes back a record of its own', async (_, enqueue) => {
    const id = randomUUID();
    await Promise.resolve(enqueue(missing(), id)).catch(() => []);
    expect(await producer.result(id)).toBeUndefined();
  });
});

describe('enqueueAndWait', () => {
  /** Ends the task as soon as its message is there. */
  async function work(end: Parameters<StateBench['state']['attempts']['end']>[1]): Promise<void> {
    for (;;) {
      const [message] = await sqs.receive(url);
      if (message === undefined) continue;
      const of = facts(JSON.parse(message.Body ?? '').id);
      await table.state.attempts.start(of, options, signal);
      if (end.kind === 'revoked') {
        await table.state.attempts.end(of, { kind: 'retrying', error: ERROR }, signal);
      }
      await table.state.attempts.end(of, end, signal);
      return;
    }
  }
  const ERROR = { type: 'CardDeclined', message: 'no money' };

  it.each([
    ['{"n":1}', { n: 1 }],
    ['null', null],
    ['0', 0],
    [undefined, undefined],
  ])('gives the result %s', async (resultJson, result) => {
    const waits = producer.enqueueAndWait(task, 1, { waitSeconds: 600 });
    await work({ kind: 'completed', ...(resultJson !== undefined && { resultJson }) });
    expect(await waits).toEqual(result);
  });

  it.each([
    [{ kind: 'failed' as const, error: ERROR }, 'CardDeclined', 'no money'],
    // Not with the error of an attempt before.
    [{ kind: 'revoked' as const }, 'TaskRevoked', 'it was revoked'],
    [
      { kind: 'completed' as const, error: { type: 'ResultTooLarge', message: 'too large' } },
      'ResultTooLarge',
      'too large',
    ],
  ])('throws TaskFailed for %j', async (end, errorType, message) => {
    const waits = producer.enqueueAndWait(task, 1, { waitSeconds: 600 }).catch((e: unknown) => e);
    await work(end);
    const error = await waits;
    expect(error).toMatchObject({ code: 'TASK_FAILED', errorType });
    expect(String(error)).toContain(message);
  });

  it('throws ResultTimeout with the id, and the task goes on', async () => {
    const error = await producer
      .enqueueAndWait(task, 1, { waitSeconds: 0.2 })
      .catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'RESULT_TIMEOUT', retryable: true });
    expect(await producer.result((error as { id: string }).id)).toMatchObject({ status: 'queued' });
    expect(await sqs.receive(url)).toHaveLength(1);
  });

  it('waits for a record that could not be written', async () => {
    table.breakBy(({ operation }) =>
      operation === 'PutItem' ? { status: 400, type: 'AccessDeniedException' } : undefined,
    );
    const waits = producer.enqueueAndWait(task, 1, { waitSeconds: 600 });
    await until(() => table.calls.filter(({ operation }) => operation === 'GetItem').length > 1);
    await work({ kind: 'completed', resultJson: '7' });
    expect(await waits).toBe(7);
  });

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'refuses to wait for %d seconds before anything is sent',
    async (waitSeconds) => {
      const waits = producer.enqueueAndWait(task, 1, { waitSeconds });
      await expect(waits).rejects.toThrow(`waitSeconds is ${waitSeconds};`);
      expect(await sqs.receive(url)).toEqual([]);
      expect(table.calls).toEqual([]);
    },
  );
});

it('without state what needs it says so, and sends nothing', async () => {
  const without = createProducer({ queues: { default: { url } }, client: sqs.client });
  const calls = [without.result('a'), without.revoke('a'), without.enqueueAndWait(task, 1)];
  for (const call of await Promise.allSettled(calls)) {
    const { reason } = call as PromiseRejectedResult;
    expect(reason).toBeInstanceOf(InvalidSetting);
    expect(reason.message).toContain('Hand createProducer one of createTaskState.');
  }
  expect(await sqs.receive(url)).toEqual([]);
  expect(await without.enqueue(task, 1)).toHaveProperty('id');
});

it('an EnqueueFailed stays what it is when its record cannot be taken back', async () => {
  table.breakBy(({ operation }) =>
    operation === 'DeleteItem' ? { status: 400, type: 'AccessDeniedException' } : undefined,
  );
  await expect(missing().enqueue(task, 1)).rejects.toThrow(EnqueueFailed);
  expect(warnings()).toHaveLength(1);
});
