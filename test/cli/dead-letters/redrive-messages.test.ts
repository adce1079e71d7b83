import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { redriveMessages } from '../../../cli/dead-letters/redrive-messages.ts';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';
import { createBench, startDeadLetterBench } from '../../support/dead-letters.ts';

const QUEUE = 'dev-default';
const DLQ = 'dev-default-dlq';
const TRACEPARENT = '00-7bfdb34c3c1b00405bc0b838d8373f7f-00f067aa0ba902b7-01';

const NOTHING = { moved: 0, duplicated: [], failed: [], notFound: [], cancelled: false };

/** A client whose calls of that name meet something first. */
function meeting(sqs: SQSClient, name: string, meet: () => unknown) {
  const send = async (command: object) => {
    if (command.constructor.name === name) await meet();
    return sqs.send(command as never);
  };
  return { send } as never;
}

test('the ids that were asked for go back, with body, attributes and trace, as a first attempt', async () => {
  const { sqs, url, sendCopy, receive, counts } = await startDeadLetterBench();
  const failedAt = new Date('2026-02-03T04:05:06.007Z');
  const attributes = { tenant: 'acme' };
  await sendCopy(DLQ, { id: 'o-1', failedAt, attributes, traceparent: TRACEPARENT });
  await sendCopy(DLQ, { id: 'o-2' });
  const redriven = await redriveMessages({
    sqs,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    ids: ['o-1'],
  });
  expect(redriven).toEqual({ ...NOTHING, moved: 1 });
  const [message] = await receive(QUEUE);
  expect(JSON.parse(message?.Body ?? '')).toMatchObject({
    id: 'o-1',
    payload: { secret: 's3cret' },
  });
  expect(message?.Attributes?.ApproximateReceiveCount).toBe('1');
  const values = Object.entries(message?.MessageAttributes ?? {}).map(([name, { StringValue }]) => [
    name,
    StringValue,
  ]);
  // The worker knows by failed_at that a task which has failed may run again.
  expect(Object.fromEntries(values)).toEqual({
    tenant: 'acme',
    traceparent: TRACEPARENT,
    'leadline.failed_at': failedAt.toISOString(),
  });
  expect(await counts(DLQ)).toEqual([1, 0]);
});

test('one that SQS moved can be told from one that never ran, too', async () => {
  const { sqs, url, letSqsMove, receive } = await startDeadLetterBench();
  await letSqsMove(QUEUE, '{"id":"o-1","task":"t","payload":{}}', 2);
  await redriveMessages({ sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE), ids: ['o-1'] });
  const [message] = await receive(QUEUE);
  const { StringValue = '' } = message?.MessageAttributes?.['leadline.failed_at'] ?? {};
  expect(Date.parse(StringValue)).not.toBeNaN();
});

test('ten attributes of the user leave no room for ours, and go back all the same', async () => {
  const { sqs, url, sendCopy, receive } = await startDeadLetterBench();
  const attributes = Object.fromEntries(Array.from({ length: 10 }, (_, n) => [`a${n}`, 'x']));
  await sendCopy(DLQ, { attributes });
  await redriveMessages({ sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE) });
  const [message] = await receive(QUEUE);
  expect(Object.keys(message?.MessageAttributes ?? {}).sort()).toEqual(Object.keys(attributes));
});

test('an SQS message id does as well as the id of the task; what did not come is said', async () => {
  const { sqs, url, sendCopy, receive } = await startDeadLetterBench();
  await sendCopy(DLQ, { id: 'o-1' });
  const [dead] = await receive(DLQ);
  const ids = [dead?.MessageId ?? '', 'o-9'];
  const parts = { sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE), ids };
  // In flight, it cannot be had.
  expect(await redriveMessages(parts)).toEqual({ ...NOTHING, notFound: ids });
  const { ReceiptHandle } = dead ?? {};
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: url(DLQ),
      ReceiptHandle,
      VisibilityTimeout: 0,
    }),
  );
  expect(await redriveMessages(parts)).toEqual({ ...NOTHING, moved: 1, notFound: ['o-9'] });
});

test('without ids all that are there go back', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 45);
  const progress: number[] = [];
  const redriven = await redriveMessages({
    sqs,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    onMoved: (moved) => progress.push(moved),
  });
  expect(redriven).toEqual({ ...NOTHING, moved: 45 });
  expect(progress.at(-1)).toBe(45);
  expect([await counts(DLQ), await counts(QUEUE)]).toEqual([
    [0, 0],
    [45, 0],
  ]);
});

test('one that is found behind a hundred others, which stay where they are', async () => {
  const { sqs, url, sendMany, sendCopy, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 100);
  await sendCopy(DLQ, { id: 'o-1' });
  const parts = { sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE), ids: ['o-1'] };
  expect(await redriveMessages(parts)).toEqual({ ...NOTHING, moved: 1 });
  expect(await counts(DLQ)).toEqual([100, 0]);
});

test('a task that is dead twice runs once', async () => {
  const { sqs, url, sendCopy, counts } = await startDeadLetterBench();
  await sendCopy(DLQ, { id: 'o-1' });
  await sendCopy(DLQ, { id: 'o-1' });
  const { moved } = await redriveMessages({ sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE) });
  expect(moved).toBe(2);
  expect([await counts(DLQ), await counts(QUEUE)]).toEqual([
    [0, 0],
    [1, 0],
  ]);
});

test('two tasks of one id and different payloads are two', async () => {
  const { sqs, url, sendCopy, counts } = await startDeadLetterBench();
  await sendCopy(DLQ, { id: 'o-1', payload: 1 });
  await sendCopy(DLQ, { id: 'o-1', payload: 2 });
  await redriveMessages({ sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE) });
  expect(await counts(QUEUE)).toEqual([2, 0]);
});

test('what SQS refuses to send stays, and nothing is deleted before it is sent', async () => {
  const { sqs, url, sendCopy, counts } = await startDeadLetterBench();
  await sendCopy(DLQ, { id: 'o-1' });
  const refusing = meeting(sqs, 'SendMessageCommand', () => {
    const denied = { name: 'AccessDenied', $metadata: {}, action: 'sqs:SendMessage' };
    throw Object.assign(new Error('not authorized'), denied);
  });
  const redriven = await redriveMessages({ sqs: refusing, dlqUrl: url(DLQ), toUrl: url(QUEUE) });
  expect(redriven.failed).toEqual([
    {
      id: 'o-1',
      messageId: expect.any(String),
      error: 'These credentials may not do sqs:SendMessage: not authorized',
    },
  ]);
  expect(redriven.moved).toBe(0);
  expect([await counts(DLQ), await counts(QUEUE)]).toEqual([
    [1, 0],
    [0, 0],
  ]);
});

test('SQS dies between the send and the delete: the message is in both queues, and in none lost', async () => {
  const dataDirectory = await mkdtemp(join(tmpdir(), 'leadline-redrive-'));
  const queues = [{ queueName: DLQ }, { queueName: QUEUE }];
  const first = await startSqsServer({ queues, dataDirectory });
  const port = Number(new URL(first.endpoint).port);
  const sqs = new SQSClient({
    endpoint: first.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await createBench(first, sqs).sendCopy(DLQ, { id: 'o-1' });
  const dying = meeting(sqs, 'DeleteMessageCommand', () => first.stop());
  const redriven = await redriveMessages({
    sqs: dying,
    dlqUrl: first.queueUrl(DLQ),
    toUrl: first.queueUrl(QUEUE),
  });
  expect(redriven).toMatchObject({ moved: 0, failed: [], duplicated: [{ id: 'o-1' }] });
  const second = await startSqsServer({ queues, dataDirectory, port });
  onTestFinished(async () => {
    sqs.destroy();
    await second.stop();
    await rm(dataDirectory, { recursive: true });
  });
  const { counts } = createBench(second, sqs);
  const total = async (queue: string) => (await counts(queue)).reduce((a, b) => a + b);
  expect([await total(DLQ), await total(QUEUE)]).toEqual([1, 1]);
});

test('an abort ends it after the batch that is under way, and the rest can be had at once', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 45);
  const controller = new AbortController();
  const redriven = await redriveMessages({
    sqs,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    signal: controller.signal,
    onMoved: () => controller.abort(),
  });
  expect(redriven).toEqual({ ...NOTHING, moved: 10, cancelled: true });
  expect([await counts(DLQ), await counts(QUEUE)]).toEqual([
    [35, 0],
    [10, 0],
  ]);
});

test('a FIFO queue gets them in their order, and one that is sent again within 5 minutes once', async () => {
  const [dlq, queue] = [`${DLQ}.fifo`, `${QUEUE}.fifo`];
  const { sqs, url, sendCopy, receive, counts } = await startDeadLetterBench([
    { queueName: dlq, fifo: true },
    { queueName: queue, fifo: true },
  ]);
  for (const id of ['a-1', 'a-2', 'a-3']) await sendCopy(dlq, { id, groupId: 'a' });
  let deletes = 0;
  const dying = meeting(sqs, 'DeleteMessageCommand', () => {
    deletes += 1;
    if (deletes === 2) throw new Error('gone');
  });
  const parts = { dlqUrl: url(dlq), toUrl: url(queue) };
  const first = await redriveMessages({ ...parts, sqs: dying });
  expect(first).toMatchObject({ moved: 1, duplicated: [{ id: 'a-2' }], failed: [] });
  const received: string[] = [];
  const takeAll = async () => {
    for (let batch = await receive(queue); batch.length > 0; batch = await receive(queue)) {
      for (const { Body = '', ReceiptHandle, Attributes } of batch) {
        expect(Attributes?.MessageGroupId).toBe('a');
        received.push(JSON.parse(Body).id);
        await sqs.send(new DeleteMessageCommand({ QueueUrl: url(queue), ReceiptHandle }));
      }
    }
  };
  await takeAll();
  expect(received).toEqual(['a-1', 'a-2']);
  const second = await redriveMessages({ ...parts, sqs });
  expect(second).toEqual({ ...NOTHING, moved: 2 });
  await takeAll();
  expect(received).toEqual(['a-1', 'a-2', 'a-3']);
  expect(await counts(dlq)).toEqual([0, 0]);
});
