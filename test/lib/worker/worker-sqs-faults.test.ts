import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import * as z from 'zod/mini';
import { createLifecycle, defineTask, implementTask } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({
  name: 'work',
  payload: z.string(),
  retry: { maxAttempts: 1, when: () => 5 },
});
const twice = defineTask({ ...task, name: 'twice', retry: { ...task.retry, maxAttempts: 2 } });
const run = (does: string) => {
  if (does === 'throw') throw new Error('x');
};
const implementations = [implementTask(task, run), implementTask(twice, run)];

/** The real client, but for one command. */
function clientWhere(command: new (...args: never[]) => object, fault: () => Promise<unknown>) {
  const send = (sent: object, options: object) =>
    sent instanceof command ? fault() : bench.client.send(sent as never, options as never);
  return { send } as unknown as SQSClient;
}
const refuse = async () => {
  throw new Error('ServiceUnavailable');
};
const hang = () => new Promise(() => {});

it('acknowledge each: a message is gone as soon as it is finished, while others still run', async () => {
  const queue = await bench.createQueue();
  const left: number[] = [];
  const waits = implementTask(defineTask({ name: 'waits', payload: z.any() }), async () => {
    await expect.poll(() => queue.left(), { interval: 5 }).toBe(1);
    left.push(await queue.left());
  });
  await queue.send({ task: 'work', payload: 'ok' });
  await queue.send({ task: 'waits', payload: {} });
  const worker = queue.worker([...implementations, waits], { acknowledge: 'each' });
  const { response, calls } = await worker.deliver({ count: 2 });
  expect(left).toEqual([1]);
  expect(response).toEqual({ batchItemFailures: [] });
  expect(calls.map(({ name }) => name)).toEqual(['DeleteMessageCommand', 'DeleteMessageCommand']);
});

it('acknowledge each deletes what is completed or dead, and nothing else', async () => {
  const queue = await bench.createQueue();
  await queue.send({ id: 'done', task: 'work', payload: 'ok' });
  await queue.send({ id: 'dead', task: 'work', payload: 'throw' });
  await queue.send({ id: 'retry', task: 'twice', payload: 'throw' });
  const { records, calls } = await queue
    .worker(implementations, { acknowledge: 'each' })
    .deliver({ count: 3 });
  const kept = records.find(({ body }) => JSON.parse(body).id === 'retry');
  const deleted = calls
    .filter(({ name }) => name === 'DeleteMessageCommand')
    .map(({ input }) => input.ReceiptHandle);
  expect(deleted).toHaveLength(2);
  expect(deleted).not.toContain(kept?.receiptHandle);
});

it.each([
  ['refused', refuse],
  ['hanging', hang],
])('a %s delete is one warning, and Lambda’s own delete makes up for it', async (_, fault) => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'ok' });
  const client = clientWhere(DeleteMessageCommand, fault);
  const delivery = await queue.worker(implementations, { acknowledge: 'each', client }).deliver();
  expect(delivery.response).toEqual({ batchItemFailures: [] });
  expect(delivery.logged()).toContain('a finished message could not be deleted at once');
  expect(delivery.elapsedMs).toBeLessThan(1_500);
  expect(await queue.left()).toBe(0);
});

it.each([
  ['throws', refuse],
  ['takes some and not others', async () => ({ Failed: [{ Id: '0' }] })],
  ['hangs', hang],
])(
  'a ChangeMessageVisibility that %s is one warning: the visibility timeout applies',
  async (_, fault) => {
    const queue = await bench.createQueue();
    const id = await queue.send({ task: 'twice', payload: 'throw' });
    const client = clientWhere(ChangeMessageVisibilityBatchCommand, fault);
    const delivery = await queue.worker(implementations, { client }).deliver();
    expect(delivery.response).toEqual({ batchItemFailures: [{ itemIdentifier: id }] });
    expect(delivery.results).toMatchObject([{ outcome: 'retry' }]);
    expect(delivery.logs.filter(({ severityText }) => severityText === 'WARN')).toContainEqual(
      expect.objectContaining({
        body: 'the delay of a retry could not be set; the visibility timeout applies',
      }),
    );
    expect(delivery.elapsedMs).toBeLessThan(2_500);
  },
);

it('an SQS that hangs never costs the answer: it is given before the invocation ends', async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'ok' });
  await queue.send({ id: 'dead', task: 'work', payload: 'throw' });
  await queue.send({ id: 'retry', task: 'twice', payload: 'throw' });
  const client = { send: hang } as unknown as SQSClient;
  const delivery = await queue
    .worker(implementations, { client, acknowledge: 'each' })
    .deliver({ count: 3, remainingMs: 1_000 });
  expect(delivery.elapsedMs).toBeLessThan(1_000);
  expect(delivery.response.batchItemFailures).toHaveLength(2);
  expect(delivery.results.map(({ outcome }) => outcome).sort()).toEqual([
    'completed',
    'retry',
    'retry',
  ]);
});

it('the delays of many are set by ten at a time', async () => {
  const queue = await bench.createQueue();
  for (let index = 0; index < 12; index += 1) {
    await queue.send({ task: 'twice', payload: 'throw' });
  }
  const { calls } = await queue.worker(implementations).deliver({ count: 12 });
  expect(calls.map(({ input }) => input.Entries.length)).toEqual([10, 2]);
});

it('a delay that was decided minutes before the end of the batch is still one that SQS takes', async () => {
  const queue = await bench.createQueue({ visibilityTimeout: 3_600 });
  const lifecycle = createLifecycle();
  const decided = new Promise<void>((resolve) => lifecycle.on('taskRetrying', () => resolve()));
  const longest = implementTask(
    defineTask({ ...twice, retry: { ...twice.retry, when: () => 43_200 } }),
    run,
  );
  const sibling = implementTask(task, async () => {
    await decided;
    vi.setSystemTime(Date.now() + 600_000);
  });
  await queue.send({ id: 'retry', task: 'twice', payload: 'throw' });
  await queue.send({ task: 'work', payload: 'takes ten minutes' });
  vi.useFakeTimers({ toFake: ['Date'] });
  try {
    const { calls, logged } = await queue
      .worker([longest, sibling], { lifecycle })
      .deliver({ count: 2, remainingMs: 900_000 });
    // SQS's 12 hours count from the receive, ten minutes ago.
    expect(calls[0]?.input.Entries[0].VisibilityTimeout).toBeLessThanOrEqual(43_140 - 600);
    expect(logged()).not.toContain(
      'the delay of a retry could not be set; the visibility timeout applies',
    );
  } finally {
    vi.useRealTimers();
  }
});

it("AWS's words of a wrong signature, which quote the session token, come nowhere", async () => {
  const queue = await bench.createQueue();
  await queue.send({ task: 'work', payload: 'throw' });
  const text = 'The signature does not match.\nx-amz-security-token:SESSIONSECRET\n';
  const deny = async () => {
    throw Object.assign(new Error(text), { name: 'SignatureDoesNotMatch' });
  };
  const client = clientWhere(SendMessageCommand, deny);
  const { lines, spans, logs } = await queue
    .worker(implementations, { client })
    .deliver({ count: 1 });
  const said = [
    ...spans.flatMap(({ status, events, attributes }) => [status, events, attributes]),
    ...logs.flatMap(({ body, attributes }) => [body, attributes]),
  ];
  const everything = JSON.stringify([lines, said]);
  expect(everything).toContain('The signature does not match.');
  expect(everything).not.toContain('SESSIONSECRET');
});
