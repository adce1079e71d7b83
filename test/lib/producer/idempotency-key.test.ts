import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask } from '../../../lib/index.ts';
import { createEnqueueHandler, createProducer } from '../../../lib/producer.ts';
import { hashedKey } from '../../../lib/state/keys.ts';
import { type Fault, type StateBench, startStateBench, TABLE } from '../../support/state-bench.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { httpEvent, lambdaContext } from './http-event.ts';
import {
  createClient,
  type ProducerBench,
  serveRefusal,
  startProducerBench,
} from './producer-bench.ts';

const telemetry = startInMemoryTelemetry();
const order = defineTask({
  name: 'process_order',
  payload: z.object({ order_id: z.string(), note: z.optional(z.string()) }),
  http: true,
});
const anything = defineTask({ name: 'anything', payload: z.unknown(), http: true });
const missing = defineTask({ name: 'missing', payload: z.unknown(), queue: 'missing', http: true });

let sqs: ProducerBench;
let table: StateBench;
let url = '';
let key = '';
beforeAll(async () => {
  sqs = await startProducerBench();
  table = await startStateBench();
});
beforeEach(async () => {
  url = await sqs.createQueue();
  key = randomUUID();
});
afterEach(() => table.heal());
afterAll(async () => {
  await sqs.stop();
  await table.stop();
  await telemetry.stop();
});

interface Request {
  task?: string;
  body?: string;
  key?: string;
}

async function post(request: Request, to: { url?: string; client?: ProducerBench['client'] } = {}) {
  const { client = sqs.client } = to;
  const queues = {
    default: { url: to.url ?? url },
    missing: { url: `${sqs.endpoint}/000000000000/missing` },
  };
  const handler = createEnqueueHandler({
    tasks: [order, anything, missing],
    producer: createProducer({ queues, client, state: table.state }),
    state: table.state,
  });
  return answerOf(handler, request);
}

async function answerOf(
  handler: ReturnType<typeof createEnqueueHandler>,
  { task = 'process_order', body = '{"order_id":"o-1"}', key: given = key }: Request,
) {
  const event = httpEvent({ task, body, headers: { 'idempotency-key': given } });
  const answer = await handler(event, lambdaContext());
  expect(answer.body).not.toContain('123456789012');
  expect(answer.body).not.toContain(TABLE);
  return { ...answer, body: JSON.parse(answer.body ?? 'null') as Record<string, unknown> };
}

const idsOnQueue = async () =>
  (await sqs.receive(url)).map(({ Body }) => JSON.parse(Body ?? '').id as string);
const pk = (task = 'process_order') => hashedKey('key', task, key);
async function endLease(): Promise<void> {
  await table.put({ ...(await table.item(pk())), pk: pk(), lease_until: Date.now() - 1 });
}

it('sends once, and answers a repeat with the same by 200', async () => {
  const first = await post({ body: '{"order_id":"o-1","note":"n"}' });
  expect(first.statusCode).toBe(202);
  const second = await post({ body: ' {"note":"n", "order_id":"o-1"} ' });
  expect(second.statusCode).toBe(200);
  expect(second.body).toEqual(first.body);
  expect(await idsOnQueue()).toEqual([first.body['id']]);
});

it('409 with another payload', async () => {
  await post({});
  const { statusCode, headers, body } = await post({ body: '{"order_id":"o-2"}' });
  expect(statusCode).toBe(409);
  expect(headers?.['content-type']).toBe('application/problem+json');
  expect(body).toMatchObject({
    title: 'Conflict',
    detail: 'This Idempotency-Key came with another payload before. Use a new key.',
  });
  expect(await idsOnQueue()).toHaveLength(1);
});

it('of ten at the same time one is sent, and the others are told to wait', async () => {
  const answers = await Promise.all(Array.from({ length: 10 }, () => post({})));
  const codes = answers.map(({ statusCode }) => statusCode);
  expect(codes.filter((code) => code === 202)).toHaveLength(1);
  expect(codes.every((code) => [200, 202, 409].includes(code ?? 0))).toBe(true);
  for (const { statusCode, headers } of answers) {
    if (statusCode === 409) expect(Number(headers?.['retry-after'])).toBeGreaterThan(0);
  }
  expect(await idsOnQueue()).toHaveLength(1);
});

describe('when it is not known whether SQS took it', () => {
  const failing = async () => {
    const endpoint = await serveRefusal(503, 'ServiceUnavailable');
    return { client: createClient(endpoint), url: `${endpoint}/000000000000/default` };
  };

  it('a repeat waits for the lease, and is sent by the same id then', async () => {
    expect((await post({}, await failing())).statusCode).toBe(503);
    const early = await post({});
    expect(early.statusCode).toBe(409);
    expect(Number(early.headers?.['retry-after'])).toBeGreaterThan(20);
    expect(await idsOnQueue()).toEqual([]);
    const id = (await table.item(pk()))?.['id'];
    await endLease();
    const late = await post({});
    expect(late.statusCode).toBe(202);
    expect(late.body['id']).toBe(id);
    expect(await idsOnQueue()).toEqual([id]);
    expect((await post({})).statusCode).toBe(200);
  });

  it('a resend that fails leaves the record of the first message', async () => {
    const { body } = await post({});
    const item = await table.item(pk());
    const { queue: _, ...unconfirmed } = item ?? {};
    await table.put({ ...unconfirmed, pk: pk(), lease_until: 0 });
    expect((await post({}, await failing())).statusCode).toBe(503);
    expect(await table.state.read(String(body['id']))).toMatchObject({ status: 'queued' });
  });
});

it('a send that SQS refused may be tried again at once, by the same id', async () => {
  const send = () => post({ task: 'missing', body: '1' });
  expect((await send()).statusCode).toBe(503);
  const id = (await table.item(pk('missing')))?.['id'];
  expect((await send()).statusCode).toBe(503);
  expect((await table.item(pk('missing')))?.['id']).toBe(id);
});

it('a payload that the schema refuses does not take the key', async () => {
  expect((await post({ body: '{}' })).statusCode).toBe(422);
  expect((await post({ body: '{' })).statusCode).toBe(400);
  expect(await table.item(pk())).toBeUndefined();
  expect((await post({})).statusCode).toBe(202);
});

it.each([2_500, 20_000])('a payload of %i levels is the caller’s mistake', async (levels) => {
  const body = `${'['.repeat(levels)}${']'.repeat(levels)}`;
  const answer = await post({ task: 'anything', body });
  expect([202, 422]).toContain(answer.statusCode);
  if (levels > 10_000) expect(JSON.stringify(answer.body)).toContain('nested too deeply');
});

describe('what a key is', () => {
  it.each([
    'a',
    'x'.repeat(255),
    '8e03978e-40d5-43dd-bc93-6894a57f9324',
    '"quoted, with spaces"',
    '~',
  ])('takes %j', async (suffix) => {
    // The same keys come in every run of this file's tables: another task's do not meet them.
    const answer = await post({ task: 'anything', body: JSON.stringify(suffix), key: suffix });
    expect([200, 202]).toContain(answer.statusCode);
  });

  it.each([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['an umlaut', 'schlüssel'],
    ['a control character', 'a\u0007'],
    ['a line break at its end', 'a\n'],
  ])('refuses %s', async (_, given) => {
    const { statusCode, body } = await post({ key: given });
    expect(statusCode).toBe(400);
    expect(body['detail']).toBe('Idempotency-Key has to be 1 to 255 printable ASCII characters.');
    expect(await idsOnQueue()).toEqual([]);
  });
});

describe('503 where the table cannot be used, and nothing is sent', () => {
  it.each<[string, Fault]>([
    ['is down', () => ({ status: 500, type: 'InternalServerError' })],
    ['hangs', () => 'hang'],
    ['throttles', () => ({ status: 400, type: 'ThrottlingException' })],
    [
      'refuses access',
      () => ({
        status: 400,
        type: 'AccessDeniedException',
        message: `arn:aws:iam::123456789012:role/x has no right to ${TABLE}`,
      }),
    ],
  ])('%s', async (_, fault) => {
    table.breakBy(fault);
    const { statusCode, headers, body } = await post({});
    expect(statusCode).toBe(503);
    expect(headers?.['retry-after']).toBe('1');
    expect(body).toMatchObject({ detail: 'The record of tasks did not answer.' });
    expect(await idsOnQueue()).toEqual([]);
  });
});

it('202 where the message is sent, though the key could not be confirmed', async () => {
  let updates = 0;
  table.breakBy(({ operation }) =>
    operation === 'UpdateItem' && ++updates > 1
      ? { status: 400, type: 'AccessDeniedException' }
      : undefined,
  );
  expect((await post({})).statusCode).toBe(202);
  table.heal();
  expect((await post({})).statusCode).toBe(409);
  expect(await idsOnQueue()).toHaveLength(1);
});

it('501 without task state, and nothing is sent', async () => {
  const producer = createProducer({ queues: { default: { url } }, client: sqs.client });
  const { statusCode, body } = await answerOf(
    createEnqueueHandler({ tasks: [order], producer }),
    {},
  );
  expect(statusCode).toBe(501);
  expect(body['detail']).toContain('Send the request without it.');
  expect(await idsOnQueue()).toEqual([]);
});
