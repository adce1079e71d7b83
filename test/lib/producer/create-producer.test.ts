import {
  context,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { decodeMessage, defineTask } from '../../../lib/index.ts';
import { createProducer, type Producer } from '../../../lib/producer.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const processOrder = defineTask({
  name: 'process_order',
  payload: z.object({ order_id: z.string() }),
});

let bench: ProducerBench;
let url = '';
let producer: Producer;
beforeAll(async () => {
  bench = await startProducerBench();
});
beforeEach(async () => {
  url = await bench.createQueue();
  producer = createProducer({ queues: { default: { url } }, client: bench.client });
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

async function received(from = url) {
  const messages = await bench.receive(from);
  expect(messages).toHaveLength(1);
  const { Body = '', MessageAttributes = {}, Attributes = {}, MessageId } = messages[0] ?? {};
  const attributes = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, value]) => [name, value.StringValue]),
  );
  return {
    body: JSON.parse(Body) as Record<string, unknown>,
    attributes,
    system: Attributes,
    MessageId,
  };
}

it('puts the message of docs/wire-format.md on the queue', async () => {
  const before = Date.now();
  const enqueued = await producer.enqueue(processOrder, { order_id: 'o-1' });
  const { body, attributes } = await received();
  expect(body).toEqual({
    v: 1,
    id: enqueued.id,
    task: 'process_order',
    payload: { order_id: 'o-1' },
    enqueued_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
  });
  expect(Date.parse(String(body['enqueued_at']))).toBeGreaterThanOrEqual(before);
  const [span] = telemetry.spans();
  const { traceId, spanId } = span?.spanContext() ?? {};
  expect(enqueued).toEqual({ id: body['id'], task: 'process_order', queue: 'default', traceId });
  expect(attributes).toEqual({ traceparent: `00-${traceId}-${spanId}-01` });
});

it('keeps any text of a payload, also what SQS refuses', async () => {
  const order_id = 'a\u0000\u001f\uFFFE\uFFFF\ud800\u2028😀\r\n';
  await producer.enqueue(processOrder, { order_id });
  expect((await received()).body['payload']).toEqual({ order_id });
});

it('sends what the worker will read and leaves the schema’s transforms to it', async () => {
  const at = new Date('2026-03-01T12:00:00Z');
  const wire = defineTask({
    name: 'wire',
    payload: z.object({
      at: z.unknown().check(z.refine((value) => typeof value === 'string', 'a string on the wire')),
      count: z.pipe(z.string(), z.transform(Number)),
    }),
  });
  await producer.enqueue(wire, { at, count: '7' });
  expect((await received()).body['payload']).toEqual({ at: at.toISOString(), count: '7' });
  const date = defineTask({ name: 'date', payload: z.object({ at: z.date() }) });
  await expect(producer.enqueue(date, { at })).rejects.toMatchObject({
    code: 'INVALID_PAYLOAD',
    issues: [{ path: ['at'] }],
  });
});

it('takes only the input of the task’s schema', async () => {
  // @ts-expect-error order_id is a string
  const wrong = producer.enqueue(processOrder, { order_id: 7 });
  await expect(wrong).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' });
  // @ts-expect-error a payload is needed
  await expect(producer.enqueue(processOrder)).rejects.toMatchObject({ code: 'INVALID_PAYLOAD' });
});

describe('options', () => {
  it('delaySeconds keeps the message back and says until when', async () => {
    await producer.enqueue(processOrder, { order_id: 'later' }, { delaySeconds: 900 });
    expect(await bench.receive(url)).toEqual([]);
    await producer.enqueue(processOrder, { order_id: 'soon' }, { delaySeconds: 1 });
    const body = await vi.waitUntil(async () => (await bench.receive(url))[0]?.Body, {
      timeout: 5_000,
    });
    const { payload, enqueued_at, not_before } = JSON.parse(body) as Record<string, string>;
    expect(payload).toEqual({ order_id: 'soon' });
    expect(Date.parse(not_before ?? '') - Date.parse(enqueued_at ?? '')).toBe(1_000);
  });

  it('queue sends to another queue than the task’s own', async () => {
    const other = await bench.createQueue();
    const both = createProducer({
      queues: { default: { url }, high: { url: other } },
      client: bench.client,
    });
    const enqueued = await both.enqueue(processOrder, { order_id: 'o' }, { queue: 'high' });
    expect(enqueued.queue).toBe('high');
    expect((await received(other)).body['id']).toBe(enqueued.id);
    expect(await bench.receive(url)).toEqual([]);
    expect(telemetry.spans()[0]?.name).toBe('send high');
  });

  it('groupId on a standard queue asks for fair shares', async () => {
    await producer.enqueue(processOrder, { order_id: 'o' }, { groupId: 'tenant-7' });
    expect((await received()).system['MessageGroupId']).toBe('tenant-7');
  });

  it('groupId and dedupeId order and deduplicate on a FIFO queue', async () => {
    const fifo = await bench.createQueue('fifo');
    const ordered = createProducer({ queues: { default: { url: fifo } }, client: bench.client });
    const options = { groupId: 'order-1', dedupeId: 'click-1' };
    await ordered.enqueue(processOrder, { order_id: 'one' }, options);
    await ordered.enqueue(processOrder, { order_id: 'again' }, options);
    const { body, system } = await received(fifo);
    expect(body['payload']).toEqual({ order_id: 'one' });
    expect(system).toMatchObject({ MessageGroupId: 'order-1', MessageDeduplicationId: 'click-1' });
  });

  it('without a dedupeId equal payloads on a FIFO queue are two messages', async () => {
    const fifo = await bench.createQueue('fifo');
    const ordered = createProducer({ queues: { default: { url: fifo } }, client: bench.client });
    const { id } = await ordered.enqueue(processOrder, { order_id: 'o' }, { groupId: 'a' });
    await ordered.enqueue(processOrder, { order_id: 'o' }, { groupId: 'b' });
    const messages = await bench.receive(fifo);
    expect(messages).toHaveLength(2);
    expect(messages.map(({ Attributes }) => Attributes?.MessageDeduplicationId)).toContain(id);
  });

  it('attributes travel beside the trace', async () => {
    await producer.enqueue(
      processOrder,
      { order_id: 'o' },
      { attributes: { tenant: '7', constructor: 'c' } },
    );
    const { attributes } = await received();
    expect(attributes).toEqual({ tenant: '7', constructor: 'c', traceparent: expect.any(String) });
  });

  it('ten attributes of the user’s leave the trace to the body, and the baggage with it', async () => {
    const own = Object.fromEntries(Array.from({ length: 10 }, (_, i) => [`a${i}`, 'v']));
    const baggage = propagation.createBaggage({ tenant: { value: '7' } });
    await context.with(propagation.setBaggage(ROOT_CONTEXT, baggage), () =>
      producer.enqueue(processOrder, { order_id: 'o' }, { attributes: own }),
    );
    const { body, attributes } = await received();
    expect(attributes).toEqual(own);
    const { traceId, spanId } = telemetry.spans()[0]?.spanContext() ?? {};
    expect(decodeMessage(JSON.stringify(body), 'f').trace).toEqual({
      traceparent: `00-${traceId}-${spanId}-01`,
      baggage: 'tenant=7',
    });
  });
});

describe('telemetry', () => {
  it('makes one producer span under the active one, with the keys of docs/telemetry.md', async () => {
    const parent = trace.getTracer('test').startSpan('request');
    const { id, traceId } = await context.with(trace.setSpan(ROOT_CONTEXT, parent), () =>
      producer.enqueue(processOrder, { order_id: 'o' }),
    );
    const { MessageId } = await received();
    const [span] = telemetry.spans();
    expect(traceId).toBe(parent.spanContext().traceId);
    expect(span).toMatchObject({ name: 'send default', kind: SpanKind.PRODUCER });
    expect(span?.parentSpanContext?.spanId).toBe(parent.spanContext().spanId);
    expect(span?.status.code).toBe(SpanStatusCode.UNSET);
    expect(span?.attributes).toEqual({
      'messaging.system': 'aws_sqs',
      'messaging.system.name': 'aws.sqs',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': url.split('/').at(-1),
      'messaging.message.id': MessageId,
      'aws.sqs.queue.url': url,
      'task.name': 'process_order',
      'task.id': id,
    });
  });

  it('counts the message and times the call, without ids', async () => {
    await producer.enqueue(processOrder, { order_id: 'o' });
    expect(await telemetry.points('task.enqueued')).toContainEqual(
      expect.objectContaining({
        attributes: { 'task.name': 'process_order', 'queue.name': 'default' },
      }),
    );
    const attributes = {
      'messaging.system': 'aws_sqs',
      'messaging.operation.name': 'send',
      'messaging.destination.name': url.split('/').at(-1),
    };
    expect(await telemetry.points('messaging.client.operation.duration')).toContainEqual(
      expect.objectContaining({ attributes, value: expect.objectContaining({ count: 1 }) }),
    );
  });
});
