import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { chain, group, step } from '../../lib/index.ts';
import { waitUntil } from '../local/lambda/wait-until.ts';
import { untilEmpty } from '../support/test-stack.ts';
import { DEAD_LETTER_QUEUE, QUEUE, WORKER_FUNCTION } from '../support/test-stack-description.ts';
import { count, invoice, price, quote, sum } from './state-project/functions/tasks/index.ts';
import { type StateStack, startStateStack } from './state-stack.ts';

let e2e: StateStack;
beforeAll(async () => {
  e2e = await startStateStack({
    visibilityTimeoutSeconds: 5,
    workerTimeoutSeconds: 20,
    concurrency: 4,
  });
}, 60_000);
afterAll(() => e2e?.stop());

const orderChain = (order: string) =>
  chain([step(quote, { order }), price, step(invoice, { copies: 2 }, { resultAs: 'amount' })]);

/** `process default` spans of these tasks, in the order of their start. */
const processed = (taskIds: readonly string[]) =>
  e2e.stack.telemetry
    .spans()
    .filter(({ name }) => name === 'process default')
    .filter(({ attributes }) => taskIds.includes(String(attributes['task.id'])));

it('a chain passes its results on, from one invocation to the next, in one trace', async () => {
  const { id, taskIds } = await e2e.producer.enqueueWorkflow(orderChain('abc'));
  const record = await e2e.state.wait(id, 18_000);
  expect(record).toMatchObject({ status: 'completed', completed: 3, result: '2 × 30' });
  const spans = await waitUntil('their spans', () => {
    const found = processed(taskIds);
    return found.length === 3 && found;
  });
  expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);
  expect(spans.map(({ attributes }) => attributes['task.outcome'])).toEqual(
    Array(3).fill('completed'),
  );
});

it('a chain stops at the step that died, and is taken up by its dead letter', async () => {
  const { id, taskIds } = await e2e.producer.enqueueWorkflow(orderChain('unknown'));
  expect(await e2e.state.wait(id, 18_000)).toMatchObject({
    status: 'failed',
    completed: 1,
    failed: { step: 1, task: 'price', id: taskIds[1], error: { message: 'no price for it' } },
  });
  expect(await e2e.state.read(taskIds[2] as string)).toBeUndefined();
  const { sqs, sqsClient } = e2e.stack;
  const QueueUrl = sqs.queueUrl(DEAD_LETTER_QUEUE);
  const dead = await waitUntil('the dead letter', async () => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 1,
    });
    return (await sqsClient.send(command)).Messages?.[0];
  });
  // As an operator does who has mended what was wrong with it.
  await sqsClient.send(
    new SendMessageCommand({
      QueueUrl: sqs.queueUrl(QUEUE),
      MessageBody: dead.Body?.replace('"unknown"', '"known"'),
      MessageAttributes: dead.MessageAttributes,
    }),
  );
  const { ReceiptHandle } = dead;
  await sqsClient.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  const done = await waitUntil(
    'its end',
    async () => {
      const record = await e2e.state.read(id);
      return record?.status === 'completed' && record;
    },
    18_000,
  );
  expect(done).toMatchObject({ completed: 3, result: '2 × 70' });
  expect(done).not.toHaveProperty('failed');
}, 60_000);

it('a group fans in once, though a worker is killed in the middle of it', async () => {
  const members = Array.from({ length: 20 }, (_, number) => step(count, { number }));
  const { id, taskIds } = await e2e.producer.enqueueWorkflow(group(members).then(sum));
  const busy = await waitUntil('a worker', () => {
    const isMember = e2e.lines('task starting').some((line) => line['task.name'] === 'count');
    const instances = e2e.stack.lambda.instances(WORKER_FUNCTION);
    return isMember && instances.find(({ state }) => state === 'busy');
  });
  process.kill(busy.pid ?? 0, 'SIGKILL');
  const record = await e2e.state.wait(id, 50_000);
  const numbers = Array.from({ length: 20 }, (_, number) => number);
  expect(record).toMatchObject({ status: 'completed', result: { numbers, sum: 190 } });
  await untilEmpty(e2e.stack, 30_000);
  const follower = taskIds[20] as string;
  expect(e2e.lines('task starting', follower)).toHaveLength(1);
  // Whoever was killed ran again, and no one else.
  for (const taskId of taskIds.slice(0, 20)) {
    expect(e2e.lines('task completed', taskId).length).toBeLessThanOrEqual(1);
  }
}, 90_000);

it('revoking a chain stops it where it is', async () => {
  const { id, taskIds } = await e2e.producer.enqueueWorkflow(orderChain('revoked'));
  await e2e.producer.revoke(id);
  await untilEmpty(e2e.stack, 20_000);
  expect(await e2e.state.read(id)).toMatchObject({ status: 'revoked' });
  expect(e2e.lines('task completed', taskIds[2])).toEqual([]);
}, 40_000);
