import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { type Answer, startTestStack, untilEmpty } from '../support/test-stack.ts';
import { DEAD_LETTER_QUEUE, QUEUE, WORKER_FUNCTION } from '../support/test-stack-description.ts';
import { charge, patient } from './state-project/functions/tasks/index.ts';
import { type StateStack, startStateStack } from './state-stack.ts';

let e2e: StateStack;
beforeAll(async () => {
  e2e = await startStateStack({ visibilityTimeoutSeconds: 4, workerTimeoutSeconds: 30 });
}, 60_000);
afterAll(() => e2e?.stop());

async function about(
  method: string,
  id: string,
  query = '',
): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${e2e.stack.url}/tasks/${id}${query}`, { method });
  return { status: response.status, body: await response.json() };
}

/** The same message once more, as SQS may deliver it. */
async function sendAgain(id: string, payload: object, traceparent: string): Promise<void> {
  await e2e.stack.sqsClient.send(
    new SendMessageCommand({
      QueueUrl: e2e.stack.sqs.queueUrl(QUEUE),
      MessageBody: JSON.stringify({ v: 1, id, task: 'charge', payload }),
      MessageAttributes: { traceparent: { DataType: 'String', StringValue: traceparent } },
    }),
  );
}

it('a task is queued, runs, and its result waits for whoever asks', async () => {
  const { body } = await e2e.stack.post('charge', { order: 'o-1' });
  const { status, body: record } = await about('GET', body.id, '?wait=15');
  expect(status).toBe(200);
  expect(record).toMatchObject({
    id: body.id,
    task: 'charge',
    queue: 'default',
    status: 'completed',
    attempts: 1,
    result: { receipt: 'of o-1' },
    trace_id: body.trace_id,
  });
  const [line] = e2e.lines('task completed', body.id);
  expect(record.worker_request_id).toBe(line?.['requestId']);
});

it('a duplicate of it runs no more, and leads to the first run', async () => {
  const { body } = await e2e.stack.post('charge', { order: 'o-2' });
  await about('GET', body.id, '?wait=15');
  const other = 'd'.repeat(32);
  await sendAgain(body.id, { order: 'o-2' }, `00-${other}-${'d'.repeat(16)}-01`);
  const line = await waitUntil(
    'the duplicate',
    () => e2e.lines('task duplicate', body.id)[0],
    15_000,
  );
  expect(line).toMatchObject({ first_trace_id: body.trace_id, trace_id: other });
  await untilEmpty(e2e.stack);
  expect(e2e.lines('charged', body.id)).toHaveLength(1);
  const point = await e2e.stack.telemetry.waitFor(
    ({ points }) => points().find(({ metric }) => metric === 'task.duplicates'),
    { describe: 'the metric of it' },
  );
  expect(point).toMatchObject({
    value: 1,
    attributes: { 'task.name': 'charge', 'queue.name': 'default' },
  });
});

it('a worker that is killed loses its lease, and its message runs elsewhere', async () => {
  const { body } = await e2e.stack.post('hang_once', {});
  await waitUntil('the first attempt', () => e2e.lines('task starting', body.id)[0], 15_000);
  expect(await e2e.state.read(body.id)).toMatchObject({ status: 'running', attempts: 1 });
  const busy = e2e.stack.lambda.instances(WORKER_FUNCTION).find(({ state }) => state === 'busy');
  process.kill(busy?.pid ?? 0, 'SIGKILL');
  // What is left of its 30 s.
  await e2e.endLease(body.id);
  const record = await e2e.state.wait(body.id, 20_000);
  expect(record).toMatchObject({ status: 'completed', attempts: 2, result: 2 });
  expect(e2e.lines('task starting', body.id)).toHaveLength(2);
  await untilEmpty(e2e.stack);
}, 40_000);

it('while the lease of a killed worker lasts, its message is put back and not run', async () => {
  const { body } = await e2e.stack.post('hang_once', {});
  await waitUntil('the first attempt', () => e2e.lines('task starting', body.id)[0], 15_000);
  const busy = e2e.stack.lambda.instances(WORKER_FUNCTION).find(({ state }) => state === 'busy');
  process.kill(busy?.pid ?? 0, 'SIGKILL');
  const line = await waitUntil(
    'it comes back',
    () => e2e.lines('task unfinished', body.id)[0],
    15_000,
  );
  expect(line).toMatchObject({ reason: 'the task runs elsewhere', 'task.attempt': 2 });
  expect(e2e.lines('task starting', body.id)).toHaveLength(1);
  expect(await e2e.state.read(body.id)).toMatchObject({ status: 'running', attempts: 1 });
  expect(await e2e.stack.messageCount()).toBe(1);
  // Its message may wait for the rest of the lease: the test does not.
  expect(await e2e.state.revoke(body.id)).toEqual({ kind: 'revoking' });
}, 40_000);

it('DELETE aborts a running task within 5 s: it is neither a retry nor a dead letter', async () => {
  const { body } = await e2e.stack.post('patient', {});
  await waitUntil('it runs', () => e2e.lines('task starting', body.id)[0], 15_000);
  const start = performance.now();
  expect(await about('DELETE', body.id)).toMatchObject({ status: 202 });
  const line = await waitUntil('its end', () => e2e.lines('task revoked', body.id)[0], 15_000);
  // 5 s, and what the answer of DELETE took.
  expect(performance.now() - start).toBeLessThan(8_000);
  expect(Number(line['duration_ms'])).toBeGreaterThan(0);
  expect((await about('GET', body.id, '?wait=5')).body).toMatchObject({ status: 'revoked' });
  expect(e2e.lines('task retrying', body.id)).toEqual([]);
  expect(await e2e.stack.messageCount(DEAD_LETTER_QUEUE)).toBe(0);
}, 40_000);

it('DELETE of a task that waits: it is skipped when its turn comes', async () => {
  const { id } = await e2e.producer.enqueue(patient, {}, { delaySeconds: 2 });
  expect(await about('DELETE', id)).toMatchObject({ status: 200, body: { status: 'revoked' } });
  await waitUntil('its turn', () => e2e.lines('task revoked', id)[0], 15_000);
  expect(e2e.lines('task starting', id)).toEqual([]);
});

it('enqueueAndWait gives what the task returned', async () => {
  const result = await e2e.producer.enqueueAndWait(charge, { order: 'o-3' }, { waitSeconds: 15 });
  expect(result).toEqual({ receipt: 'of o-3' });
});

it('without TASK_TABLE the worker refuses its idempotent tasks at its start, and loses nothing', async () => {
  const stack = await startTestStack({ bundleDirectory: e2e.bundleDirectory });
  onTestFinished(() => stack.stop());
  await stack.post('charge', { order: 'o-4' });
  const report = await waitUntil(
    'the worker',
    () => stack.reports.find(({ functionName }) => functionName === WORKER_FUNCTION),
    15_000,
  );
  expect(report.status).not.toBe('success');
  expect(await stack.messageCount()).toBe(1);
  expect(stack.output().join('\n')).toMatch(
    /TASK_TABLE: is not set, and task \\"charge\\" is idempotent: it needs task state\./,
  );
  expect(await stack.messageCount(DEAD_LETTER_QUEUE)).toBe(0);
});
