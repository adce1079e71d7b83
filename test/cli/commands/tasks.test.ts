import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { processOrder } from '../../../functions/tasks/process-order.ts';
import { chain, step } from '../../../lib/index.ts';
import { createProducer } from '../../../lib/producer.ts';
import { createTaskState } from '../../../lib/state.ts';
import { runLeadline } from '../../support/run-leadline.ts';
import { startTestStack, type TestStack } from '../../support/test-stack.ts';
import { QUEUE, TASK_TABLE } from '../../support/test-stack-description.ts';

// Processes of Node are started in some of them.
vi.setConfig({ testTimeout: 60_000 });

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ taskState: true });
}, 60_000);
afterAll(() => stack.stop());

const run = (...args: string[]) => runLeadline([...args, `--local=${stack.url}`]);
const PROJECT = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';
const PATIENCE = { timeout: 20_000 };

async function enqueue(task: string, payload: object, ...args: string[]): Promise<string> {
  const { code, out } = await run('enqueue', task, JSON.stringify(payload), ...args);
  expect(code).toBe(0);
  return out;
}

describe('task', () => {
  test('a completed one: what it returned, its attempts and its trace with a link', async () => {
    const id = await enqueue('process_order', { order_id: 'o-1' });
    await expect
      .poll(async () => (await run('task', id, '--json')).json, PATIENCE)
      .toMatchObject({
        kind: 'task',
        id,
        task: 'process_order',
        queue: 'default',
        status: 'completed',
        attempts: 1,
        result: expect.anything(),
      });
    const { code, out } = await run('task', id, '--project', PROJECT);
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^task +process_order\nid +${id}\nstatus +completed$`, 'm'));
    expect(out).toMatch(/^result +\{/m);
    expect(out).toMatch(new RegExp(`^trace +\\w{32} {2}https://.*/${PROJECT}/traces/view/`, 'm'));
  });

  test('a dead one: what it died of', async () => {
    const id = await enqueue('process_payment', { payment_id: 'declined-1', amount: 1 });
    await expect
      .poll(async () => (await run('task', id)).out, PATIENCE)
      .toMatch(/^error +NonRetryableError: The card of payment declined-1/m);
  });

  test('a chain: its steps, and their payloads only where they are asked for', async () => {
    const client = new DynamoDBClient({
      endpoint: stack.sqs.endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    onTestFinished(() => client.destroy());
    const producer = createProducer({
      queues: { default: { url: stack.sqs.queueUrl(QUEUE) } },
      client: stack.sqsClient,
      state: createTaskState({ table: TASK_TABLE, client }),
    });
    const first = { ...processOrder, enqueues: ['process_order'] };
    const { id } = await producer.enqueueWorkflow(
      chain([step(first, { order_id: 'o-1' }), step(processOrder, { order_id: 's3cret' })]),
    );
    for (const args of [[], ['--json']]) {
      const { code, all } = await run('task', id, ...args);
      expect(code).toBe(0);
      expect(all).toContain('process_order');
      expect(all).not.toContain('s3cret');
      expect((await run('task', id, '--payload', ...args)).all).toContain('s3cret');
    }
    await expect.poll(async () => (await run('task', id)).out, PATIENCE).toContain('completed');
  });

  test('one without a record ends with 1', async () => {
    const { code, err } = await run('task', 'o-9');
    expect([code, err]).toEqual([
      1,
      'There is no record of "o-9" in e2e-task-state. Records are kept for some days after the end.',
    ]);
  });

  test('a table that is not there is said', async () => {
    const { code, err } = await run('task', 'o-9', '--table', 'other');
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^There is no such table of task state/),
    ]);
  });
});

describe('revoke', () => {
  test('one that waits, which never runs', async () => {
    const id = await enqueue('process_order', { order_id: 'o-1' }, '--delay', '6');
    const revoked = await run('revoke', id);
    expect([revoked.code, revoked.out]).toEqual([
      0,
      expect.stringMatching(/is revoked: it is skip/),
    ]);
    await expect.poll(() => stack.messageCount(), PATIENCE).toBe(0);
    const { json } = await run('task', id, '--json');
    expect(json).toMatchObject({ status: 'revoked', attempts: 0 });
  });

  test('one that has ended, or is not known, ends with 1', async () => {
    const id = await enqueue('process_order', { order_id: 'o-1' });
    await expect
      .poll(async () => (await run('task', id, '--json')).json.status, PATIENCE)
      .toBe('completed');
    const ended = await run('revoke', id, '--json');
    expect([ended.code, ended.json]).toEqual([1, { id, kind: 'ended', status: 'completed' }]);
    const unknown = await run('revoke', 'o-9');
    expect([unknown.code, unknown.err]).toEqual([1, expect.stringMatching(/no record of "o-9"/)]);
  });
});

test('a failed task that is redriven runs again', async () => {
  const id = await enqueue('process_payment', { payment_id: 'declined-2', amount: 1 });
  await expect.poll(async () => (await run('dlq', 'list', 'default')).out, PATIENCE).toContain(id);
  const first = (await run('task', id, '--json')).json;
  expect(first.status).toBe('failed');
  expect((await run('dlq', 'redrive', 'default', id)).code).toBe(0);
  await expect
    .poll(async () => (await run('task', id, '--json')).json.requestId, PATIENCE)
    .not.toBe(first.requestId);
});
