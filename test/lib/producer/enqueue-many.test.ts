import type { SQSClient } from '@aws-sdk/client-sqs';
import { SpanKind, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import {
  createLifecycle,
  defineTask,
  InvalidPayload,
  MessageTooLarge,
} from '../../../lib/index.ts';
import { createProducer } from '../../../lib/producer.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const note = defineTask({ name: 'note', payload: z.object({ text: z.string() }) });
const notes = (count: number, text = 'n') =>
  Array.from({ length: count }, (_, index) => ({ text: `${text}${index}` }));

let bench: ProducerBench;
let url = '';
beforeAll(async () => {
  bench = await startProducerBench();
});
beforeEach(async () => {
  url = await bench.createQueue();
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

/** Everything on the queue, by its payload's text. */
async function receivedTexts(from = url): Promise<string[]> {
  const texts: string[] = [];
  for (let batch = await bench.receive(from); batch.length > 0; batch = await bench.receive(from)) {
    texts.push(...batch.map(({ Body = '' }) => JSON.parse(Body).payload.text));
  }
  return texts;
}

interface SentBatch {
  input: { Entries: { Id: string; MessageBody: string; MessageGroupId?: string }[] };
}
const textsOf = ({ input }: SentBatch) =>
  input.Entries.map(({ MessageBody }) => JSON.parse(MessageBody).payload.text);

/** SQS that answers some entries with a failure: the real one does so at random only. */
function clientThatFails(fails: (text: string, call: number) => 'sender' | 'server' | undefined) {
  const calls: string[][] = [];
  const client = {
    send: async (command: SentBatch) => {
      const call = calls.push(textsOf(command));
      const entries = command.input.Entries.map((entry) => ({
        id: entry.Id,
        fault: fails(JSON.parse(entry.MessageBody).payload.text, call),
      }));
      return {
        Successful: entries
          .filter(({ fault }) => !fault)
          .map(({ id }) => ({ Id: id, MessageId: id })),
        Failed: entries
          .filter(({ fault }) => fault)
          .map(({ id, fault }) => ({ Id: id, Code: 'Oops', SenderFault: fault === 'sender' })),
      };
    },
  };
  return { calls, client: client as unknown as Pick<SQSClient, 'send'> };
}

describe('enqueueMany', () => {
  it('sends 25 messages in batches of 10 and answers in their order', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    const results = await producer.enqueueMany(note, notes(25));
    expect(results.map(({ status }) => status)).toEqual(Array(25).fill('enqueued'));
    expect(new Set(results.map(({ id }) => id)).size).toBe(25);
    expect((await receivedTexts()).sort()).toEqual(
      notes(25)
        .map(({ text }) => text)
        .sort(),
    );
    const sends = telemetry.spans().filter(({ kind }) => kind === SpanKind.CLIENT);
    expect(sends.map((span) => span.attributes['messaging.batch.message_count']).sort()).toEqual([
      10, 10, 5,
    ]);
  });

  it('keeps every batch within 1 MiB', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    const results = await producer.enqueueMany(note, notes(5, 'x'.repeat(400_000)));
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('enqueued'));
    expect(await receivedTexts()).toHaveLength(5);
  });

  it('gives each message the context of its own create span, in the trace of its caller', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    await trace.getTracer('test').startActiveSpan('caller', async (caller) => {
      await producer.enqueueMany(note, notes(2));
      caller.end();
    });
    const created = telemetry.spans().filter(({ name }) => name === 'create default');
    const caller = telemetry.spans().find(({ name }) => name === 'caller');
    const parents = (await bench.receive(url)).map(
      ({ MessageAttributes }) => MessageAttributes?.['traceparent']?.StringValue,
    );
    expect(parents.sort()).toEqual(
      created
        .map((span) => `00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`)
        .sort(),
    );
    expect(created.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
      Array(2).fill(caller?.spanContext().spanId),
    );
  });

  it('sends nothing when one payload does not fit, and says which', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    const payloads = [{ text: 'fine' }, { text: 5 as unknown as string }];
    const failure = await producer.enqueueMany(note, payloads).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(InvalidPayload);
    expect((failure as InvalidPayload).issues[0]?.path).toEqual([1, 'text']);
    expect(await receivedTexts()).toEqual([]);
  });

  it('sends nothing when one message is over 1 MiB', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    const payloads = [{ text: 'fine' }, { text: 'x'.repeat(1_048_576) }];
    await expect(producer.enqueueMany(note, payloads)).rejects.toThrow(MessageTooLarge);
    expect(await receivedTexts()).toEqual([]);
  });

  it('sends again what SQS did not take, and only that', async () => {
    const { client, calls } = clientThatFails((text, call) =>
      text === 'n3' && call < 3 ? 'server' : undefined,
    );
    const results = await createProducer({ queues: { default: { url } }, client }).enqueueMany(
      note,
      notes(5),
    );
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('enqueued'));
    expect(calls).toEqual([['n0', 'n1', 'n2', 'n3', 'n4'], ['n3'], ['n3']]);
  });

  it('returns what SQS refuses, at once, and the rest as sent', async () => {
    const { client, calls } = clientThatFails((text) => (text === 'n1' ? 'sender' : undefined));
    const results = await createProducer({ queues: { default: { url } }, client }).enqueueMany(
      note,
      notes(3),
    );
    expect(results.map(({ status }) => status)).toEqual(['enqueued', 'failed', 'enqueued']);
    expect(results[1]).toMatchObject({ error: { code: 'ENQUEUE_FAILED', retryable: false } });
    expect(calls).toHaveLength(1);
  });

  it('gives up after four calls and returns the failure as one that may pass', async () => {
    const { client, calls } = clientThatFails(() => 'server');
    const results = await createProducer({ queues: { default: { url } }, client }).enqueueMany(
      note,
      notes(1),
    );
    expect(results[0]).toMatchObject({ status: 'failed', error: { retryable: true } });
    expect(calls).toHaveLength(4);
  });

  it('fails every entry, and throws nothing, when the queue is gone', async () => {
    const missing = `${url}-missing`;
    const producer = createProducer({
      queues: { default: { url: missing } },
      client: bench.client,
    });
    const results = await producer.enqueueMany(note, notes(12));
    expect(results.map(({ status }) => status)).toEqual(Array(12).fill('failed'));
  });

  it('takes nothing and does nothing', async () => {
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    expect(await producer.enqueueMany(note, [])).toEqual([]);
  });
});

describe('enqueueMany on FIFO queues', () => {
  const fifo = 'http://127.0.0.1:1/000000000000/orders.fifo';
  const groupOf = ({ text }: { text: string }) => ({ groupId: text.slice(0, 1) });
  const payloads = ['a1', 'b1', 'a2', 'b2', 'a3'].map((text) => ({ text }));

  it('keeps the order of a group, groups side by side', async () => {
    const { client, calls } = clientThatFails(() => undefined);
    const producer = createProducer({ queues: { default: { url: fifo } }, client });
    const results = await producer.enqueueMany(note, payloads, groupOf);
    expect(results.map(({ status }) => status)).toEqual(Array(5).fill('enqueued'));
    expect(calls).toEqual([['a1', 'b1'], ['a2', 'b2'], ['a3']]);
  });

  it('does not send what is behind a failed message of its group', async () => {
    const { client, calls } = clientThatFails((text) => (text === 'a1' ? 'sender' : undefined));
    const producer = createProducer({ queues: { default: { url: fifo } }, client });
    const results = await producer.enqueueMany(note, payloads, groupOf);
    expect(calls).toEqual([['a1', 'b1'], ['b2']]);
    expect(results.map(({ status }) => status)).toEqual([
      'failed',
      'enqueued',
      'failed',
      'enqueued',
      'failed',
    ]);
  });
});

describe('listeners', () => {
  it('hear of every message before and after it is sent', async () => {
    const lifecycle = createLifecycle();
    const heard: string[] = [];
    lifecycle.on('beforeEnqueue', ({ task, payload }) =>
      heard.push(`before ${task} ${JSON.stringify(payload)}`),
    );
    lifecycle.on('afterEnqueue', ({ queue, messageId }) =>
      heard.push(`after ${queue} ${messageId !== ''}`),
    );
    const producer = createProducer({
      queues: { default: { url } },
      client: bench.client,
      lifecycle,
    });
    await producer.enqueue(note, { text: 'one' });
    await producer.enqueueMany(note, [{ text: 'two' }]);
    expect(heard).toEqual([
      'before note {"text":"one"}',
      'after default true',
      'before note {"text":"two"}',
      'after default true',
    ]);
  });

  it('change nothing when they throw or reject', async () => {
    const lifecycle = createLifecycle();
    lifecycle.on('beforeEnqueue', () => {
      throw new Error('listener');
    });
    lifecycle.on('afterEnqueue', () => Promise.reject(new Error('listener')));
    const producer = createProducer({
      queues: { default: { url } },
      client: bench.client,
      lifecycle,
    });
    await producer.enqueue(note, { text: 'one' });
    expect(await receivedTexts()).toEqual(['one']);
  });
});
