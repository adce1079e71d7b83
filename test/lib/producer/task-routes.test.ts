import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { StateUnavailable } from '../../../lib/index.ts';
import { createEnqueueHandler, createProducer } from '../../../lib/producer.ts';
import type { AttemptEnd } from '../../../lib/state/attempt-records.ts';
import type { TaskState } from '../../../lib/state.ts';
import { type Fault, type StateBench, startStateBench, TABLE } from '../../support/state-bench.ts';
import { until } from '../../support/until.ts';
import { startInMemoryTelemetry } from '../instrumentation/in-memory-telemetry.ts';
import { httpEvent, lambdaContext } from './http-event.ts';

const telemetry = startInMemoryTelemetry();
let table: StateBench;
beforeAll(async () => {
  table = await startStateBench();
});
afterEach(() => {
  table.heal();
  telemetry.clear();
});
afterAll(async () => {
  await table.stop();
  await telemetry.stop();
});

function eventFor(method: 'GET' | 'DELETE', id: string, wait?: string): APIGatewayProxyEventV2 {
  const event = httpEvent({});
  const path = `/tasks/${encodeURIComponent(id.toWellFormed())}`;
  const http = { ...event.requestContext.http, method, path };
  return {
    ...event,
    rawPath: path,
    requestContext: { ...event.requestContext, http },
    pathParameters: { id },
    ...(wait !== undefined && { queryStringParameters: { wait } }),
  };
}

async function call(
  method: 'GET' | 'DELETE',
  id: string,
  { wait, state = table.state }: { wait?: string; state?: TaskState | null } = {},
) {
  const producer = createProducer({ queues: {}, client: { send: () => undefined } as never });
  const handler = createEnqueueHandler({ tasks: [], producer, ...(state && { state }) });
  const answer = await handler(eventFor(method, id, wait), lambdaContext());
  expect(answer.body).not.toContain('123456789012');
  expect(answer.body).not.toContain(TABLE);
  return { ...answer, body: JSON.parse(answer.body ?? 'null') as Record<string, unknown> };
}

const signal = AbortSignal.timeout(600_000);
const ERROR = { type: 'CardDeclined', message: 'no money' };
const facts = (id: string = randomUUID()) => ({
  id,
  task: 'process_order',
  queue: 'default',
  attempt: 1,
  requestId: 'worker-request',
  traceId: 'a'.repeat(32),
  owner: randomUUID(),
});
const running = { exclusive: false, redriven: false, leaseUntil: Date.now() + 600_000 };

async function ended(end: AttemptEnd, id?: string): Promise<string> {
  const of = facts(id);
  await table.state.attempts.start(of, running, signal);
  await table.state.attempts.end(of, end, signal);
  return of.id;
}

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('GET', () => {
  it('answers with all that is known, which no cache is to keep', async () => {
    const id = await ended({ kind: 'completed', resultJson: '{"total":7}' });
    const { statusCode, headers, body } = await call('GET', id);
    expect(statusCode).toBe(200);
    expect(headers).toEqual({ 'content-type': 'application/json', 'cache-control': 'no-store' });
    expect(body).toEqual({
      kind: 'task',
      id,
      task: 'process_order',
      queue: 'default',
      status: 'completed',
      attempts: 1,
      enqueued_at: TIME,
      started_at: TIME,
      finished_at: TIME,
      result: { total: 7 },
      trace_id: 'a'.repeat(32),
      worker_request_id: 'worker-request',
    });
  });

  it('tells why a task failed', async () => {
    const { body } = await call('GET', await ended({ kind: 'failed', error: ERROR }));
    expect(body).toMatchObject({ status: 'failed', error: ERROR });
    expect(body).not.toHaveProperty('result');
  });

  it('tells where a chain stopped, and no payload of it', async () => {
    const step = { id: 's-1', task: 'price', queue: 'default', payload: { card: 'secret' } };
    const id = randomUUID();
    await table.state.workflows.create({ kind: 'chain', id, steps: [step] });
    await table.state.workflows.fail(id, 0, ERROR);
    const { body } = await call('GET', id);
    expect(body).toMatchObject({
      kind: 'chain',
      status: 'failed',
      completed: 0,
      steps: [{ id: 's-1', task: 'price', queue: 'default' }],
      failed: { step: 0, task: 'price', id: 's-1', error: ERROR },
    });
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    'a b',
    'a/b',
    'a%2Fb',
    '#',
    '?wait=1',
    'ä€😀',
    'x'.repeat(3_000),
    '__proto__',
    'a\ud800',
  ])('finds the id %j', async (name) => {
    const id = await ended({ kind: 'completed' }, name);
    const { statusCode, body } = await call('GET', id);
    expect([statusCode, body['id']]).toEqual([200, id]);
  });

  it('404 for what has no record, with no more than 80 characters of what was asked', async () => {
    const { statusCode, body } = await call('GET', 'x'.repeat(5_000));
    expect(statusCode).toBe(404);
    expect(String(body['detail']).length).toBeLessThan(130);
    expect((await call('GET', '')).statusCode).toBe(404);
  });

  it.each(['21', 'abc', '', '-1', '1.5', '1e1', '0x1', ' 1', '5,6', '100', '٣'])(
    '400 for wait=%s, and asks nothing of the table',
    async (wait) => {
      const { statusCode, body } = await call('GET', 'a', { wait });
      expect(statusCode).toBe(400);
      expect(body['detail']).toBe(`wait is "${wait}"; use whole seconds from 0 to 20.`);
      expect(table.calls).toEqual([]);
    },
  );

  it.each(['0', '20', '07'])(
    'takes wait=%s, and answers at once for what has ended',
    async (wait) => {
      const id = await ended({ kind: 'completed' });
      table.heal();
      expect((await call('GET', id, { wait })).statusCode).toBe(200);
      expect(table.calls).toHaveLength(1);
    },
  );

  it('does not wait for what is not known', async () => {
    expect((await call('GET', 'nothing', { wait: '20' })).statusCode).toBe(404);
    expect(table.calls).toHaveLength(1);
  });

  it('answers a long poll when the task ends', async () => {
    const of = facts();
    await table.state.attempts.start(of, running, signal);
    table.heal();
    const answer = call('GET', of.id, { wait: '20' });
    await until(() => table.calls.filter(({ operation }) => operation === 'GetItem').length >= 2);
    await table.state.attempts.end(of, { kind: 'completed', resultJson: '7' }, signal);
    expect((await answer).body).toMatchObject({ status: 'completed', result: 7 });
  });

  it('answers a long poll with the task as it is when the time is over', async () => {
    const of = facts();
    await table.state.attempts.start(of, running, signal);
    const { statusCode, body } = await call('GET', of.id, { wait: '1' });
    expect([statusCode, body['status']]).toEqual([200, 'running']);
  });
});

describe('DELETE', () => {
  it('200 for what waits, and again', async () => {
    const of = facts();
    await table.state.createQueued(of);
    for (const _ of [1, 2]) {
      const { statusCode, body } = await call('DELETE', of.id);
      expect([statusCode, body]).toEqual([200, { id: of.id, status: 'revoked' }]);
    }
  });

  it('202 for what runs', async () => {
    const of = facts();
    await table.state.attempts.start(of, running, signal);
    const { statusCode, body } = await call('DELETE', of.id);
    expect([statusCode, body]).toEqual([202, { id: of.id, status: 'running', revoking: true }]);
  });

  it.each<AttemptEnd>([{ kind: 'completed' }, { kind: 'failed', error: ERROR }])(
    '409 for what has ended: $kind',
    async (end) => {
      const { statusCode, body } = await call('DELETE', await ended(end));
      expect(statusCode).toBe(409);
      expect(body['detail']).toBe(`The task has ended: it is ${end.kind}.`);
    },
  );

  it('404 for what has no record', async () => {
    expect((await call('DELETE', 'nothing')).statusCode).toBe(404);
  });
});

describe.each(['GET', 'DELETE'] as const)('%s', (method) => {
  it.each<[string, Fault]>([
    ['is down', () => ({ status: 500, type: 'InternalServerError' })],
    ['hangs', () => 'hang'],
    [
      'refuses access',
      () => ({
        status: 400,
        type: 'AccessDeniedException',
        message: `arn:aws:iam::123456789012:role/x has no right to ${TABLE}`,
      }),
    ],
  ])('503 where the table %s, with the reason in the log alone', async (_, fault) => {
    table.breakBy(fault);
    const { statusCode, headers, body } = await call(method, 'a');
    expect(statusCode).toBe(503);
    expect(headers).toMatchObject({
      'retry-after': '1',
      'content-type': 'application/problem+json',
    });
    expect(body['detail']).toBe('The record of tasks did not answer.');
    const [record] = telemetry.logRecords();
    expect(record?.severityText).toBe('ERROR');
    expect(String(record?.attributes['error.message'])).toContain(TABLE);
  });

  it('503 too where the state is of another copy of the package', async () => {
    const fail = async () => {
      const { message, code } = new StateUnavailable(TABLE, new Error('down'));
      throw Object.assign(new Error(message), { code });
    };
    const state = { ...table.state, wait: fail, revoke: fail } as TaskState;
    expect((await call(method, 'a', { state })).statusCode).toBe(503);
  });

  it('501 without task state', async () => {
    const { statusCode, body } = await call(method, 'a', { state: null });
    expect([statusCode, body['title']]).toEqual([501, 'Not Implemented']);
  });
});
