import { SpanStatusCode } from '@opentelemetry/api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, LeadlineError } from '../../../lib/index.ts';
import { createProducer, type EnqueueOptions } from '../../../lib/producer.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import {
  createClient,
  type ProducerBench,
  serveRefusal,
  startProducerBench,
} from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const task = defineTask({ name: 'anything', payload: z.unknown() });

let bench: ProducerBench;
let url = '';
let fifo = '';
beforeAll(async () => {
  bench = await startProducerBench();
  fifo = await bench.createQueue('fifo');
});
beforeEach(async () => {
  url = await bench.createQueue();
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

async function refusal(payload: unknown, options: EnqueueOptions = {}): Promise<LeadlineError> {
  const queues = { default: { url }, fifo: { url: fifo } };
  const producer = createProducer({ queues, client: bench.client });
  const error = await producer.enqueue(task, payload, options).then(
    () => new Error('It was accepted.'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof LeadlineError)) throw error;
  return error;
}

function failing(client: ReturnType<typeof createClient>, queueUrl: string) {
  const producer = createProducer({ queues: { default: { url: queueUrl } }, client });
  return producer.enqueue(task, {}).catch((error: unknown) => error);
}

describe('before anything is sent', () => {
  const circular: Record<string, unknown> = {};
  circular['self'] = circular;

  it.each([
    ['undefined', undefined, 'undefined is not JSON'],
    ['a function', () => {}, 'function is not JSON'],
    ['a symbol', Symbol('s'), 'symbol is not JSON'],
    ['a BigInt', { n: 1n }, 'is not JSON: Do not know how to serialize a BigInt'],
    ['a circular object', circular, 'is not JSON: Converting circular structure'],
    [
      'a toJSON that throws a string',
      {
        toJSON: () => {
          throw 'no';
        },
      },
      'is not JSON: no',
    ],
  ])('refuses %s as a payload', async (_, payload, message) => {
    const error = await refusal(payload);
    expect(error).toMatchObject({ code: 'INVALID_PAYLOAD', task: 'anything' });
    expect(error.message).toContain(message);
    expect(await bench.receive(url)).toEqual([]);
  });

  it.each<[EnqueueOptions, string]>([
    [
      { queue: 'nowhere' },
      'Task "anything" goes to queue "nowhere", and this producer knows default, fifo. Add it to QUEUES.',
    ],
    [{ queue: 'constructor' }, 'goes to queue "constructor"'],
    [{ queue: '__proto__' }, 'goes to queue "__proto__"'],
    [{ delaySeconds: 901 }, 'delaySeconds is 901; SQS delays by whole seconds from 0 to 900.'],
    [{ delaySeconds: 3600 }, 'EventBridge Scheduler'],
    [{ delaySeconds: -1 }, 'delaySeconds is -1'],
    [{ delaySeconds: 1.5 }, 'delaySeconds is 1.5'],
    [{ delaySeconds: Number.NaN }, 'delaySeconds is NaN'],
    [{ groupId: '' }, 'groupId is ""; SQS takes 1 to 128'],
    [{ groupId: 'a b' }, 'groupId is "a b"'],
    [{ groupId: 'x'.repeat(129) }, 'groupId is'],
    [{ dedupeId: 'd' }, 'dedupeId: queue "default" is not FIFO'],
    [{ queue: 'fifo' }, 'Queue "fifo" is FIFO: give a groupId.'],
    [
      { queue: 'fifo', groupId: 'g', delaySeconds: 1 },
      'SQS does not delay single messages of a FIFO queue',
    ],
    [{ queue: 'fifo', groupId: 'g', dedupeId: 'é' }, 'dedupeId is "é"'],
    [{ attributes: { 'a b': 'v' } }, 'SQS refuses the name "a b"'],
    [{ attributes: { 'aws.x': 'v' } }, 'SQS refuses the name "aws.x"'],
    [{ attributes: { a: '' } }, 'attributes["a"] has to be a string that is not empty'],
    [{ attributes: { a: 'x\u0000' } }, 'attributes["a"]'],
    [{ attributes: { a: '\ud800' } }, 'attributes["a"]'],
    [{ attributes: { a: 7 as never } }, 'attributes["a"]'],
    [
      { attributes: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`a${i}`, 'v'])) },
      'attributes has 11 entries; SQS takes 10 a message.',
    ],
  ])('refuses the options %j', async (options, message) => {
    const error = await refusal({}, options);
    expect(error.code).toBe('INVALID_ENQUEUE_OPTIONS');
    expect(error.message).toContain(message);
    expect(await bench.receive(url)).toEqual([]);
  });

  it('says so when the producer knows no queue at all', async () => {
    const producer = createProducer({ queues: {}, client: bench.client });
    await expect(producer.enqueue(task, {})).rejects.toThrow('this producer knows no queue.');
  });
});

describe('at the limit of SQS', () => {
  /** The payload that makes a message, attributes and trace included, exactly so large. */
  async function payloadFor(bytes: number, options: EnqueueOptions): Promise<string> {
    const error = await refusal('x'.repeat(2_000_000), options);
    const { bytes: now } = error as LeadlineError & { bytes: number };
    return 'x'.repeat(2_000_000 - (now - bytes));
  }
  const options = { attributes: { tenant: 'sieben' } };

  it('takes 1 MiB exactly, as SQS does', async () => {
    const payload = await payloadFor(1_048_576, options);
    const producer = createProducer({ queues: { default: { url } }, client: bench.client });
    await producer.enqueue(task, payload, options);
    expect(await bench.receive(url)).toHaveLength(1);
  });

  it('refuses one byte more before it is sent', async () => {
    const payload = await payloadFor(1_048_577, options);
    expect(await refusal(payload, options)).toMatchObject({
      code: 'MESSAGE_TOO_LARGE',
      bytes: 1_048_577,
      limit: 1_048_576,
    });
    expect(await bench.receive(url)).toEqual([]);
  });

  it('counts bytes, not characters', async () => {
    expect(await refusal('ü'.repeat(600_000))).toMatchObject({ code: 'MESSAGE_TOO_LARGE' });
  });
});

describe('when SQS does not take it', () => {
  it('a missing queue is a refusal that stays one', async () => {
    const error = await failing(bench.client, `${bench.endpoint}/000000000000/missing`);
    expect(error).toMatchObject({ code: 'ENQUEUE_FAILED', retryable: false });
    expect((error as Error).cause).toMatchObject({ name: 'QueueDoesNotExist' });
    expect((error as Error).message).toContain('SQS did not take the message for missing: ');
  });

  it('an SQS that is down may be back', async () => {
    const client = createClient('http://127.0.0.1:1');
    const error = await failing(client, 'http://127.0.0.1:1/000000000000/default');
    expect(error).toMatchObject({ code: 'ENQUEUE_FAILED', retryable: true });
    expect((error as Error).cause).toMatchObject({ code: 'ECONNREFUSED' });
  });

  it.each([
    [400, 'RequestThrottled', true],
    [400, 'KmsThrottled', true],
    [429, 'TooManyRequests', true],
    [500, 'InternalFailure', true],
    [503, 'ServiceUnavailable', true],
    [400, 'InvalidMessageContents', false],
    [403, 'AccessDenied', false],
  ])('%i %s: retryable is %s', async (statusCode, type, retryable) => {
    const endpoint = await serveRefusal(statusCode, type);
    const error = await failing(createClient(endpoint), `${endpoint}/000000000000/default`);
    expect(error).toMatchObject({ code: 'ENQUEUE_FAILED', retryable });
  });

  it('shows in the span and in the duration, and is not counted as enqueued', async () => {
    await failing(bench.client, `${bench.endpoint}/000000000000/missing-2`);
    const [span] = telemetry.spans();
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
    expect(span?.attributes['error.type']).toBe('EnqueueFailed');
    expect(span?.events.map(({ name }) => name)).toEqual(['exception']);
    expect(await telemetry.points('task.enqueued')).not.toContainEqual(
      expect.objectContaining({
        attributes: expect.objectContaining({ 'messaging.destination.name': 'missing-2' }),
      }),
    );
    expect(await telemetry.points('messaging.client.operation.duration')).toContainEqual(
      expect.objectContaining({
        attributes: expect.objectContaining({
          'messaging.destination.name': 'missing-2',
          'error.type': 'QueueDoesNotExist',
        }),
      }),
    );
  });
});
