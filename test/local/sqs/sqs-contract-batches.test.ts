import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractBench,
  type ContractQueue,
  expectRefusal,
  startContractBench,
} from './contract-bench.ts';

let bench: ContractBench;
let queue: ContractQueue;
beforeAll(async () => {
  bench = await startContractBench();
  queue = await bench.createQueue({ VisibilityTimeout: '30' });
});
afterAll(() => bench.stop());

function sendBatch(entries: SendMessageBatchRequestEntry[], to = queue) {
  return bench.client.send(new SendMessageBatchCommand({ QueueUrl: to.url, Entries: entries }));
}

function codes(failed: readonly { Id?: string | undefined; Code?: string | undefined }[] = []) {
  return Object.fromEntries(failed.map(({ Id, Code }) => [Id, Code?.split('.').at(-1)]));
}

async function receiveAll(from: ContractQueue, count: number) {
  const messages = [];
  while (messages.length < count) {
    const more = await from.receive({ MaxNumberOfMessages: 10 });
    if (more.length === 0) break;
    messages.push(...more);
  }
  return messages;
}

describe('SendMessageBatch', () => {
  it('fails entry by entry and sends the rest', async () => {
    const own = await bench.createQueue();
    const answer = await sendBatch(
      [
        { Id: 'good', MessageBody: 'good', MessageGroupId: 'tenant' },
        { Id: 'characters', MessageBody: 'a\0b' },
        { Id: 'delay', MessageBody: 'x', DelaySeconds: 901 },
        {
          Id: 'attribute',
          MessageBody: 'x',
          MessageAttributes: { a: { DataType: 'String', StringValue: '' } },
        },
        { Id: 'emoji', MessageBody: '😀' },
      ],
      own,
    );
    expect(codes(answer.Failed)).toEqual({
      characters: 'InvalidMessageContents',
      delay: 'InvalidParameterValue',
      attribute: 'InvalidParameterValue',
    });
    expect(answer.Failed?.every((failure) => failure.SenderFault)).toBe(true);
    expect(answer.Successful?.map((success) => success.Id).sort()).toEqual(['emoji', 'good']);
    const received = await receiveAll(own, 2);
    expect(received.map((message) => message.Body).sort()).toEqual(['good', '😀']);
  });

  it('refuses 1 MiB in sum and takes a batch just below it', async () => {
    const own = await bench.createQueue();
    const tenth = Math.floor(1_048_576 / 10);
    const entries = Array.from({ length: 10 }, (_, i) => ({
      Id: `e${i}`,
      MessageBody: 'x'.repeat(tenth),
    }));
    expect((await sendBatch(entries, own)).Successful).toHaveLength(10);
    await expectRefusal(
      sendBatch(
        entries.map((entry) => ({ ...entry, MessageBody: 'x'.repeat(tenth + 1) })),
        own,
      ),
      'BatchRequestTooLong',
    );
  });

  it.each<[string, SendMessageBatchRequestEntry[], string]>([
    ['no entry', [], 'EmptyBatchRequest'],
    [
      'eleven entries',
      Array.from({ length: 11 }, (_, i) => ({ Id: `e${i}`, MessageBody: 'x' })),
      'TooManyEntriesInBatchRequest',
    ],
    [
      'two entries of one id',
      [
        { Id: 'a', MessageBody: 'x' },
        { Id: 'a', MessageBody: 'y' },
      ],
      'BatchEntryIdsNotDistinct',
    ],
    ['an id with a period', [{ Id: 'a.b', MessageBody: 'x' }], 'InvalidBatchEntryId'],
    ['an id over 80 characters', [{ Id: 'a'.repeat(81), MessageBody: 'x' }], 'InvalidBatchEntryId'],
  ])('refuses %s', async (_, entries, code) => {
    await expectRefusal(sendBatch(entries), code);
  });
});

describe('DeleteMessageBatch', () => {
  it('fails entry by entry and deletes the rest', async () => {
    const own = await bench.createQueue({ VisibilityTimeout: '1' });
    await own.send({ MessageBody: 'x' });
    const { ReceiptHandle } = await own.receiveOne();
    const answer = await bench.client.send(
      new DeleteMessageBatchCommand({
        QueueUrl: own.url,
        Entries: [
          { Id: 'good', ReceiptHandle },
          { Id: 'garbage', ReceiptHandle: 'garbage' },
        ],
      }),
    );
    expect(codes(answer.Failed)).toEqual({ garbage: 'ReceiptHandleIsInvalid' });
    expect(answer.Successful?.map((success) => success.Id)).toEqual(['good']);
    expect(await own.receive()).toEqual([]);
  });
});

describe('ChangeMessageVisibilityBatch', () => {
  it('fails entry by entry and changes the rest, to 0 too', async () => {
    const own = await bench.createQueue({ VisibilityTimeout: '30' });
    await sendBatch(
      ['a', 'b', 'c'].map((id) => ({ Id: id, MessageBody: id })),
      own,
    );
    const received = await receiveAll(own, 3);
    const handle = (body: string): string | undefined =>
      received.find((message) => message.Body === body)?.ReceiptHandle;
    const answer = await bench.client.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: own.url,
        Entries: [
          { Id: 'now', ReceiptHandle: handle('a'), VisibilityTimeout: 0 },
          { Id: 'soon', ReceiptHandle: handle('b'), VisibilityTimeout: 1 },
          { Id: 'too-long', ReceiptHandle: handle('c'), VisibilityTimeout: 43_201 },
          { Id: 'garbage', ReceiptHandle: 'garbage', VisibilityTimeout: 1 },
        ],
      }),
    );
    expect(codes(answer.Failed)).toEqual({
      'too-long': 'InvalidParameterValue',
      garbage: 'ReceiptHandleIsInvalid',
    });
    expect((await own.receiveOne()).Body).toBe('a');
    expect((await own.receiveOne()).Body).toBe('b');
  });
});
