import { StartMessageMoveTaskCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { MoveTaskRunning } from '../../../cli/dead-letters/move-task-running.ts';
import { type RedriveProgress, redriveQueue } from '../../../cli/dead-letters/redrive-queue.ts';
import { startDeadLetterBench } from '../../support/dead-letters.ts';

const QUEUE = 'dev-default';
const DLQ = 'dev-default-dlq';
const NOTHING = { moved: 0, duplicated: [], failed: [], notFound: [], cancelled: false };

test('copies, which have no source that SQS knows, go to the destination with all attributes', async () => {
  const { sqs, url, sendCopy, receive, counts } = await startDeadLetterBench();
  await sendCopy(DLQ, { id: 'o-1' });
  const parts = { sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE), pollMs: 10 };
  expect(await redriveQueue(parts)).toEqual({ ...NOTHING, moved: 1 });
  const [message] = await receive(QUEUE);
  expect(message?.MessageAttributes?.['leadline.failed_at']?.StringValue).toBeDefined();
  expect(await counts(DLQ)).toEqual([0, 0]);
});

test('tells how far it is, and that it is done', async () => {
  const { sqs, url, sendMany } = await startDeadLetterBench();
  await sendMany(DLQ, 60);
  const progress: RedriveProgress[] = [];
  const redriven = await redriveQueue({
    sqs,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    maxPerSecond: 200,
    pollMs: 10,
    onProgress: (each) => progress.push(each),
  });
  expect(redriven.moved).toBe(60);
  const moved = progress.map((each) => each.moved);
  expect(moved).toEqual(moved.toSorted((a, b) => a - b));
  expect(moved[0]).toBeLessThan(60);
  expect(progress.at(-1)).toEqual({ moved: 60, toMove: 60 });
});

test('a second redrive is told of the one that runs, and does not begin', async () => {
  const { sqs, url, server, sendMany } = await startDeadLetterBench();
  await sendMany(DLQ, 60);
  await sqs.send(
    new StartMessageMoveTaskCommand({
      SourceArn: server.queueArn(DLQ),
      DestinationArn: server.queueArn(QUEUE),
      MaxNumberOfMessagesPerSecond: 1,
    }),
  );
  const second = redriveQueue({ sqs, dlqUrl: url(DLQ), toUrl: url(QUEUE) });
  await expect(second).rejects.toThrow(MoveTaskRunning);
  await expect(second).rejects.toThrow(/dev-default-dlq is running since 20.* wait for its end/);
});

test('an abort cancels it: what is moved is moved, the rest is where it was', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 60);
  const controller = new AbortController();
  const redriven = await redriveQueue({
    sqs,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    maxPerSecond: 20,
    pollMs: 10,
    signal: controller.signal,
    onProgress: ({ moved }) => moved > 0 && controller.abort(),
  });
  expect(redriven.cancelled).toBe(true);
  expect(redriven.moved).toBeGreaterThan(0);
  const [left] = await counts(DLQ);
  const [back] = await counts(QUEUE);
  expect([left + back, back]).toEqual([60, redriven.moved]);
});

test('a task that SQS gives up is told with its reason', async () => {
  const { sqs, url, sendCopy, counts } = await startDeadLetterBench();
  await sendCopy(DLQ);
  const toItself = redriveQueue({ sqs, dlqUrl: url(DLQ), toUrl: url(DLQ), pollMs: 10 });
  await expect(toItself).rejects.toThrow(
    /gave up the redrive of dev-default-dlq after 0 messages: CouldNotDetermine/,
  );
  expect(await counts(DLQ)).toEqual([1, 0]);
});

test.each([
  ['UnknownOperationException', 'ListMessageMoveTasksCommand'],
  ['UnsupportedOperation', 'StartMessageMoveTaskCommand'],
])('where SQS answers %s to %s, it goes message by message', async (name, of) => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 25);
  const old = {
    send: async (command: object) => {
      if (command.constructor.name === of) throw Object.assign(new Error('no'), { name });
      return sqs.send(command as never);
    },
  };
  const progress: RedriveProgress[] = [];
  const redriven = await redriveQueue({
    sqs: old as never,
    dlqUrl: url(DLQ),
    toUrl: url(QUEUE),
    onProgress: (each) => progress.push(each),
  });
  expect(redriven).toEqual({ ...NOTHING, moved: 25 });
  expect(progress.at(-1)).toEqual({ moved: 25 });
  expect(await counts(QUEUE)).toEqual([25, 0]);
});

test('a FIFO queue keeps its groups and their order', async () => {
  const [dlq, queue] = [`${DLQ}.fifo`, `${QUEUE}.fifo`];
  const { sqs, url, sendCopy, receive } = await startDeadLetterBench([
    { queueName: dlq, fifo: true },
    { queueName: queue, fifo: true },
  ]);
  for (const id of ['a-1', 'a-2']) await sendCopy(dlq, { id, groupId: 'a' });
  const parts = { sqs, dlqUrl: url(dlq), toUrl: url(queue), pollMs: 10 };
  expect((await redriveQueue(parts)).moved).toBe(2);
  const [first] = await receive(queue);
  expect(JSON.parse(first?.Body ?? '').id).toBe('a-1');
  expect(first?.Attributes?.MessageGroupId).toBe('a');
});
