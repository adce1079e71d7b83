import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import {
  createEnqueueHandler,
  createProducer,
  type EnqueueHandler,
} from '../../../lib/producer.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { type HttpEventInput, httpEvent, lambdaContext } from './http-event.ts';
import { type ProducerBench, startProducerBench } from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const tasks = [
  defineTask({
    name: 'process_order',
    payload: z.object({ order_id: z.string(), 'a/b~c %"': z.optional(z.number()) }),
    http: true,
  }),
  defineTask({ name: 'anything', payload: z.unknown(), http: true }),
  defineTask({ name: 'internal', payload: z.unknown() }),
  defineTask({ name: 'misrouted', payload: z.unknown(), queue: 'unknown', http: true }),
  defineTask({ name: 'down', payload: z.unknown(), queue: 'missing', http: true }),
];

let bench: ProducerBench;
let url = '';
let handler: EnqueueHandler;
beforeAll(async () => {
  bench = await startProducerBench();
});
beforeEach(async () => {
  url = await bench.createQueue();
  const queues = { default: { url }, missing: { url: `${bench.endpoint}/000000000000/missing` } };
  handler = createEnqueueHandler({
    tasks,
    producer: createProducer({ queues, client: bench.client }),
  });
  telemetry.clear();
});
afterAll(async () => {
  await bench.stop();
  await telemetry.stop();
});

async function post(input: HttpEventInput) {
  const { statusCode, headers, body } = await handler(httpEvent(input), lambdaContext());
  return { statusCode, headers, body: JSON.parse(body ?? 'null') as Record<string, unknown> };
}

async function onQueue(): Promise<unknown[]> {
  return (await bench.receive(url)).map(({ Body }) => JSON.parse(Body ?? '').payload);
}

/** Checks the form that every problem has, and that nothing was enqueued. */
async function problem(input: HttpEventInput, status: number, title: string) {
  const response = await post(input);
  expect(response.statusCode).toBe(status);
  expect(response.headers?.['content-type']).toBe('application/problem+json');
  expect(response.body).toMatchObject({ type: 'about:blank', title, status });
  expect(await onQueue()).toEqual([]);
  return { ...response, detail: String(response.body['detail']) };
}

describe('202', () => {
  it('answers with the id, the task, the queue and the trace', async () => {
    const { statusCode, headers, body } = await post({ body: '{"order_id":"o-1"}' });
    expect(statusCode).toBe(202);
    expect(headers?.['content-type']).toBe('application/json');
    const [message] = await bench.receive(url);
    const { id } = JSON.parse(message?.Body ?? '') as { id: string };
    const { traceId } = telemetry.spans()[0]?.spanContext() ?? {};
    expect(body).toEqual({ id, task: 'process_order', queue: 'default', trace_id: traceId });
  });

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'x'])(
    'reads content type %s as JSON',
    async (type) => {
      const { statusCode } = await post({
        body: '{"order_id":"o-1"}',
        headers: { 'content-type': type },
      });
      expect(statusCode).toBe(202);
    },
  );

  it('decodes base64 as UTF-8', async () => {
    const body = Buffer.from('{"order_id":"größe😀"}').toString('base64');
    expect((await post({ body, isBase64Encoded: true })).statusCode).toBe(202);
    expect(await onQueue()).toEqual([{ order_id: 'größe😀' }]);
  });

  it('takes any JSON for a payload that the schema takes', async () => {
    for (const body of ['null', '0', '"x"', '[]', ' {"__proto__":{"a":1}} ']) {
      expect((await post({ task: 'anything', body })).statusCode).toBe(202);
    }
    expect((await onQueue()).map((each) => JSON.stringify(each)).sort()).toEqual([
      '"x"',
      '0',
      '[]',
      'null',
      '{"__proto__":{"a":1}}',
    ]);
  });
});

describe('404', () => {
  it.each(['nothing', 'internal', 'constructor', '__proto__', ''])(
    'for the task "%s"',
    async (task) => {
      const { detail } = await problem({ task, body: '{}' }, 404, 'Not Found');
      expect(detail).toBe(`No task "${task}" can be enqueued over HTTP.`);
    },
  );

  it('reflects no more than 80 characters of what the caller sent', async () => {
    const { detail } = await problem({ task: 'x'.repeat(5_000), body: '{}' }, 404, 'Not Found');
    expect(detail.length).toBeLessThan(130);
  });
});

describe('400', () => {
  it.each([
    ['no body', {}, 'The body is empty. Send the payload as JSON.'],
    ['an empty body', { body: '' }, 'The body is empty.'],
    ['a form', { body: 'order_id=o-1' }, 'The body is not JSON: '],
    ['half a document', { body: '{"order_id":' }, 'The body is not JSON: '],
    [
      'what is not UTF-8',
      { body: Buffer.from([0x22, 0xff, 0x22]).toString('base64'), isBase64Encoded: true },
      'it is not UTF-8',
    ],
  ])('for %s', async (_, input, detail) => {
    expect((await problem(input, 400, 'Bad Request')).detail).toContain(detail);
  });
});

describe('422', () => {
  it('names every issue by its path and as a JSON pointer', async () => {
    const { body } = await problem(
      { body: '{"order_id":7,"a/b~c %\\"":"x"}' },
      422,
      'Unprocessable Content',
    );
    expect(body['detail']).toBe('The payload does not fit the schema of process_order.');
    expect(body['errors']).toEqual([
      { path: ['order_id'], pointer: '#/order_id', detail: expect.any(String) },
      { path: ['a/b~c %"'], pointer: '#/a~1b~0c%20%25%22', detail: expect.any(String) },
    ]);
  });

  it('points at the payload itself with #', async () => {
    const { body } = await problem({ body: '[]' }, 422, 'Unprocessable Content');
    expect(body['errors']).toEqual([{ path: [], pointer: '#', detail: expect.any(String) }]);
  });
});

describe('413', () => {
  const limit = 1_048_576 - 10 * 1024;
  const jsonOf = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`;

  it('takes a body at the limit and refuses one byte more', async () => {
    expect((await post({ task: 'anything', body: jsonOf(limit) })).statusCode).toBe(202);
    expect(await onQueue()).toHaveLength(1);
    const { detail } = await problem(
      { task: 'anything', body: jsonOf(limit + 1) },
      413,
      'Content Too Large',
    );
    expect(detail).toContain(`${limit + 1} bytes`);
  });

  it('measures the decoded bytes', async () => {
    const base64 = (bytes: number) => Buffer.from(jsonOf(bytes)).toString('base64');
    const at = { task: 'anything', isBase64Encoded: true };
    expect((await post({ ...at, body: base64(limit) })).statusCode).toBe(202);
    expect(await onQueue()).toHaveLength(1);
    await problem({ ...at, body: base64(limit + 1) }, 413, 'Content Too Large');
  });

  it('also says so when escapes make the message larger than the body was', async () => {
    // A lone surrogate has 3 bytes in UTF-8 as U+FFFD, and as an escape on the wire 6.
    await problem(
      { task: 'anything', body: `"${'\uFFFF'.repeat(300_000)}"` },
      413,
      'Content Too Large',
    );
  });
});

it('503 with Retry-After when SQS does not take the message, and an error line', async () => {
  const response = await problem({ task: 'down', body: '{}' }, 503, 'Service Unavailable');
  expect(response.headers?.['retry-after']).toBe('1');
  const [record] = telemetry.logRecords();
  expect(record).toMatchObject({ body: 'enqueue failed', severityText: 'ERROR' });
  expect(record?.attributes).toMatchObject({
    request_id: 'request-1',
    'task.name': 'down',
    'error.type': 'QueueDoesNotExist',
  });
});

it('500 that tells the caller nothing of a mistake of ours, and the log all of it', async () => {
  const { detail } = await problem({ task: 'misrouted', body: '{}' }, 500, 'Internal Server Error');
  expect(detail).toBe('The request could not be handled.');
  expect(JSON.stringify(telemetry.logRecords()[0]?.attributes)).toContain('Add it to QUEUES');
});

it('refuses two tasks of one name at start-up', () => {
  const [first] = tasks;
  if (first === undefined) throw new Error('no task');
  const producer = createProducer({ queues: {}, client: bench.client });
  expect(() => createEnqueueHandler({ tasks: [first, first], producer })).toThrow('Two tasks');
});
