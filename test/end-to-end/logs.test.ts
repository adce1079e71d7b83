import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ReceivedLog } from '../../local/otlp/telemetry-record.ts';
import { spanNamed } from '../support/span-tree.ts';
import { type Answer, startTestStack, type TestStack } from '../support/test-stack.ts';

const SECRET = 'a secret of the customer';

let stack: TestStack;
let order: Answer;
let declined: Answer;

beforeAll(async () => {
  stack = await startTestStack();
  const headers = { authorization: `Bearer ${SECRET}`, 'x-note': SECRET };
  order = await stack.post('process_order', { order_id: 'o-1', note: SECRET }, headers);
  declined = await stack.post('process_payment', { payment_id: 'declined-1', amount: 5 });
  await Promise.all([logOf(order, 'task completed'), logOf(declined, 'task failed')]);
});
afterAll(() => stack?.stop());

it.each([
  ['task starting', 9],
  ['order processed', 9],
  ['task completed', 9],
])('sends "%s" with the task that it is about', async (body, severityNumber) => {
  const task = spanNamed(await stack.trace(order), 'process default');
  const log = await logOf(order, body);

  expect(log).toMatchObject({ body, severityNumber, traceId: order.body.trace_id });
  expect(log.spanId).toBe(task.spanId);
  expect(log.attributes).toMatchObject({
    'task.id': order.body.id,
    'task.name': 'process_order',
    'queue.name': 'default',
    'task.attempt': 1,
    request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect(log.resource).toMatchObject({
    'service.name': 'shop',
    'faas.instance': expect.anything(),
  });
});

it('says how long a task took', async () => {
  const log = await logOf(order, 'task completed');

  expect(log.attributes['duration_ms']).toBeGreaterThan(0);
});

it('sends a failure as an error, and leaves the exception to its span', async () => {
  const log = await logOf(declined, 'task failed');

  expect(log).toMatchObject({ severityNumber: 17, traceId: declined.body.trace_id });
  expect(log.attributes).toMatchObject({ 'error.type': 'NonRetryableError' });
  const keys = stack.telemetry.logs().flatMap(({ attributes }) => Object.keys(attributes));
  expect(keys.filter((key) => key.startsWith('exception.'))).toEqual([]);
});

it('writes the same to stdout, one JSON line a record', async () => {
  const log = await logOf(order, 'task completed');
  const [line = {}, ...more] = stack
    .logLines()
    .filter((each) => each['message'] === 'task completed' && each['task.id'] === order.body.id);

  expect(more).toEqual([]);
  expect(line).toMatchObject({
    timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    level: 'INFO',
    requestId: log.attributes['request_id'],
    trace_id: order.body.trace_id,
    span_id: log.spanId,
    service: 'shop',
    'task.id': order.body.id,
    'task.name': 'process_order',
    'queue.name': 'default',
    'task.attempt': 1,
  });
  expect(Object.keys(line).slice(0, 7)).toEqual([
    'timestamp',
    'level',
    'message',
    'requestId',
    'trace_id',
    'span_id',
    'service',
  ]);
});

it('says once an instance that the worker is ready', () => {
  const ready = stack.logLines().filter(({ message }) => message === 'worker ready');
  const workers = new Set(
    stack.telemetry
      .logs()
      .filter(({ body }) => body === 'worker ready')
      .map(({ resource }) => resource['faas.instance']),
  );
  expect(ready.length).toBeGreaterThan(0);
  expect(workers.size).toBe(ready.length);
});

it('holds no payload, header or token in any signal', async () => {
  await stack.trace(order);
  const { telemetry } = stack;
  const everything = [telemetry.spans(), telemetry.logs(), telemetry.points(), stack.logLines()];
  const text = JSON.stringify(everything, (_key, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );

  expect(text).toContain(order.body.id);
  expect(text).not.toContain(SECRET);
  expect(text).not.toMatch(/x-oneuptime-token/i);
});

function logOf({ body: { id } }: Answer, body: string): Promise<ReceivedLog> {
  return stack.telemetry.waitFor(
    ({ logs }) => logs().find((log) => log.body === body && log.attributes['task.id'] === id),
    { describe: `the log "${body}" of task ${id}` },
  );
}
