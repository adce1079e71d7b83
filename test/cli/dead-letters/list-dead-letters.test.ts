import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import { listDeadLetters } from '../../../cli/dead-letters/list-dead-letters.ts';
import { startDeadLetterBench } from '../../support/dead-letters.ts';

const DLQ = 'dev-default-dlq';
const TRACE = '7bfdb34c3c1b00405bc0b838d8373f7f';

test('a copy of the worker has its task, error, attempts, times and trace, and no payload', async () => {
  const { sqs, url, sendCopy } = await startDeadLetterBench();
  const failedAt = new Date('2026-02-03T04:05:06.007Z');
  await sendCopy(DLQ, { id: 'o-1', failedAt, traceparent: `00-${TRACE}-00f067aa0ba902b7-01` });
  const listing = await listDeadLetters({ sqs, dlqUrl: url(DLQ) });
  expect(listing).toEqual({
    total: 1,
    more: false,
    deadLetters: [
      {
        messageId: expect.any(String),
        id: 'o-1',
        task: 'process_order',
        reason: 'Declined: card declined',
        error: { type: 'Declined', message: 'card declined' },
        movedBySqs: false,
        attempts: 5,
        failedAt,
        sentAt: expect.any(Date),
        enqueuedAt: new Date('2026-01-01T00:00:00.000Z'),
        traceId: TRACE,
      },
    ],
  });
  expect(JSON.stringify(listing)).not.toContain('s3cret');
});

test('the payload only where it is asked for', async () => {
  const { sqs, url, sendCopy } = await startDeadLetterBench();
  await sendCopy(DLQ, { payload: { secret: 's3cret' } });
  const { deadLetters } = await listDeadLetters({ sqs, dlqUrl: url(DLQ), payload: true });
  expect(deadLetters[0]?.payload).toEqual({ secret: 's3cret' });
});

test('one that SQS moved says after how many receives, however often it was looked at', async () => {
  const { sqs, url, letSqsMove } = await startDeadLetterBench();
  await letSqsMove('dev-default', '{"id":"o-1","task":"process_order","payload":{}}', 2);
  const list = () => listDeadLetters({ sqs, dlqUrl: url(DLQ), maxReceiveCount: 2 });
  await list();
  const { deadLetters } = await list();
  expect(deadLetters).toEqual([
    expect.objectContaining({
      id: 'o-1',
      reason: 'moved by SQS after 2 receives',
      movedBySqs: true,
      attempts: 2,
    }),
  ]);
  expect(deadLetters[0]).not.toHaveProperty('error');
});

test('a redriven one that SQS moved then is not said to have died of its earlier error', async () => {
  const { sqs, url } = await startDeadLetterBench();
  const QueueUrl = url('dev-default');
  const attribute = { DataType: 'String', StringValue: 'Declined' };
  await sqs.send(
    new SendMessageCommand({
      QueueUrl,
      MessageBody: '{"id":"o-1","task":"t","payload":{}}',
      MessageAttributes: { 'leadline.error.type': attribute },
    }),
  );
  for (let count = 0; count < 3; count += 1) {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
  }
  const { deadLetters } = await listDeadLetters({ sqs, dlqUrl: url(DLQ), maxReceiveCount: 2 });
  expect(deadLetters[0]?.reason).toBe('moved by SQS after 2 receives');
});

test('a body that is no task message goes by its SQS id, and its text is its payload', async () => {
  const { sqs, url } = await startDeadLetterBench();
  const command = new SendMessageCommand({ QueueUrl: url(DLQ), MessageBody: 'no JSON' });
  const { MessageId } = await sqs.send(command);
  const { deadLetters } = await listDeadLetters({ sqs, dlqUrl: url(DLQ), payload: true });
  expect(deadLetters).toEqual([
    expect.objectContaining({ id: MessageId, reason: 'nothing says why', body: 'no JSON' }),
  ]);
  expect(deadLetters[0]).not.toHaveProperty('task');
});

test('reads 500 at most, and gives every one back at once', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 520);
  const { deadLetters, total, more } = await listDeadLetters({ sqs, dlqUrl: url(DLQ) });
  expect([deadLetters.length, total, more]).toEqual([500, 520, true]);
  expect(new Set(deadLetters.map(({ messageId }) => messageId)).size).toBe(500);
  expect(await counts(DLQ)).toEqual([520, 0]);
});

test('a listing that is killed hides what it read for 10 s and no longer', async () => {
  const { sqs, url, sendMany } = await startDeadLetterBench();
  await sendMany(DLQ, 25);
  const hidden: unknown[] = [];
  const watched = {
    send: async (command: object, ...rest: unknown[]) => {
      if (command instanceof ReceiveMessageCommand) hidden.push(command.input.VisibilityTimeout);
      return sqs.send(command as never, ...(rest as []));
    },
  };
  await listDeadLetters({ sqs: watched as never, dlqUrl: url(DLQ) });
  expect(new Set(hidden)).toEqual(new Set([10]));
});

test('a lower limit reads no more than that', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 20);
  const { deadLetters, more } = await listDeadLetters({ sqs, dlqUrl: url(DLQ), limit: 12 });
  expect([deadLetters.length, more]).toEqual([12, true]);
  expect(await counts(DLQ)).toEqual([20, 0]);
});

test('all that are there are read at once: two lists one after the other show the same', async () => {
  const { sqs, url, sendMany } = await startDeadLetterBench();
  await sendMany(DLQ, 35);
  const ids = async () =>
    (await listDeadLetters({ sqs, dlqUrl: url(DLQ) })).deadLetters.map(({ id }) => id).sort();
  const first = await ids();
  expect(first).toHaveLength(35);
  expect(await ids()).toEqual(first);
});

test('what was received is given back when SQS fails in the middle', async () => {
  const { sqs, url, sendMany, counts } = await startDeadLetterBench();
  await sendMany(DLQ, 30);
  let receives = 0;
  const failing = {
    send: async (command: object, ...rest: unknown[]) => {
      if (command.constructor.name === 'ReceiveMessageCommand' && ++receives === 2) {
        throw new Error('SQS is gone.');
      }
      return sqs.send(command as never, ...(rest as []));
    },
  };
  const listing = listDeadLetters({ sqs: failing as never, dlqUrl: url(DLQ) });
  await expect(listing).rejects.toThrow('SQS is gone.');
  expect(await counts(DLQ)).toEqual([30, 0]);
});

test('of a FIFO queue the first of each group, whose order stays', async () => {
  const dlq = 'dev-default-dlq.fifo';
  const { sqs, url, sendCopy, receive } = await startDeadLetterBench([
    { queueName: dlq, fifo: true },
  ]);
  for (const [groupId, id] of [
    ['a', 'a-1'],
    ['a', 'a-2'],
    ['b', 'b-1'],
  ] as const) {
    await sendCopy(dlq, { groupId, id });
  }
  const { deadLetters, total, more } = await listDeadLetters({ sqs, dlqUrl: url(dlq) });
  expect(deadLetters.map(({ id }) => id).sort()).toEqual(['a-1', 'b-1']);
  expect([total, more]).toEqual([3, true]);
  const first = (await receive(dlq)).map(({ Body = '' }) => JSON.parse(Body).id);
  expect(first.sort()).toEqual(['a-1', 'b-1']);
});

test('an empty queue has none', async () => {
  const { sqs, url } = await startDeadLetterBench();
  const listing = await listDeadLetters({ sqs, dlqUrl: url(DLQ) });
  expect(listing).toEqual({ deadLetters: [], total: 0, more: false });
});
