import { ChangeMessageVisibilityCommand, DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractBench,
  type ContractQueue,
  expectRefusal,
  knownDifference,
  startContractBench,
} from './contract-bench.ts';

let bench: ContractBench;
beforeAll(async () => {
  bench = await startContractBench();
});
afterAll(() => bench.stop());

function fifoQueue(attributes: Record<string, string> = {}): Promise<ContractQueue> {
  return bench.createQueue({ FifoQueue: 'true', ContentBasedDeduplication: 'true', ...attributes });
}

async function takeOne(queue: ContractQueue): Promise<string | undefined> {
  const { Body, ReceiptHandle } = await queue.receiveOne();
  await bench.client.send(new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle }));
  return Body;
}

describe('order', () => {
  it('keeps the order of a group', async () => {
    const queue = await fifoQueue();
    for (const body of ['1', '2', '3'])
      await queue.send({ MessageBody: body, MessageGroupId: 'g' });
    expect([await takeOne(queue), await takeOne(queue), await takeOne(queue)]).toEqual([
      '1',
      '2',
      '3',
    ]);
  });

  it('locks a group while a message of it is in flight, and no other group', async () => {
    const queue = await fifoQueue();
    await queue.send({ MessageBody: 'a1', MessageGroupId: 'a' });
    await queue.send({ MessageBody: 'a2', MessageGroupId: 'a' });
    const first = await queue.receiveOne();
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
    await queue.send({ MessageBody: 'b1', MessageGroupId: 'b' });
    expect((await queue.receiveOne()).Body).toBe('b1');
    const next = queue.receiveOne({ WaitTimeSeconds: 20 });
    await bench.client.send(
      new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: first.ReceiptHandle }),
    );
    expect((await next).Body).toBe('a2');
  });

  it('a message that comes back comes before its successors', async () => {
    const queue = await fifoQueue({ VisibilityTimeout: '1' });
    await queue.send({ MessageBody: '1', MessageGroupId: 'g' });
    await queue.send({ MessageBody: '2', MessageGroupId: 'g' });
    await queue.receiveOne();
    const again = await queue.receiveOne();
    expect(again.Body).toBe('1');
    expect(again.Attributes?.ApproximateReceiveCount).toBe('2');
    await bench.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.url,
        ReceiptHandle: again.ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect((await queue.receiveOne()).Body).toBe('1');
  });

  it('gives out messages of several groups in one receive', async () => {
    const queue = await fifoQueue();
    for (const group of ['a', 'b', 'c']) {
      await queue.send({ MessageBody: group, MessageGroupId: group });
    }
    const received = await queue.receive({ MaxNumberOfMessages: 10 });
    expect(received.map((message) => message.Attributes?.MessageGroupId).sort()).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  knownDifference('one receive gives several messages of one group, in order', async () => {
    const queue = await fifoQueue();
    for (const body of ['1', '2', '3'])
      await queue.send({ MessageBody: body, MessageGroupId: 'g' });
    const received = await queue.receive({ MaxNumberOfMessages: 10 });
    expect(received.map((message) => message.Body)).toEqual(['1', '2', '3']);
  });
});

describe('deduplication', () => {
  it('drops a second message of one deduplication id and answers with the first', async () => {
    const queue = await fifoQueue({ ContentBasedDeduplication: 'false' });
    const twin = { MessageGroupId: 'g', MessageDeduplicationId: 'd' };
    const first = await queue.send({ MessageBody: 'one', ...twin });
    const second = await queue.send({ MessageBody: 'two', ...twin });
    expect(second.MessageId).toBe(first.MessageId);
    expect(second.SequenceNumber).toBe(first.SequenceNumber);
    expect(await takeOne(queue)).toBe('one');
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
  });

  it('drops an equal body where it is content-based, and looks at all of the body', async () => {
    const queue = await fifoQueue();
    for (const body of ['same', 'same', 'other']) {
      await queue.send({ MessageBody: body, MessageGroupId: 'g' });
    }
    expect([await takeOne(queue), await takeOne(queue)]).toEqual(['same', 'other']);
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
  });

  it('gives back group, deduplication id and a rising sequence number', async () => {
    const queue = await fifoQueue();
    await queue.send({ MessageBody: '1', MessageGroupId: 'a', MessageDeduplicationId: 'd1' });
    await queue.send({ MessageBody: '2', MessageGroupId: 'b', MessageDeduplicationId: 'd2' });
    const first = await queue.receiveOne();
    const second = await queue.receiveOne();
    expect(first.Attributes).toMatchObject({ MessageGroupId: 'a', MessageDeduplicationId: 'd1' });
    expect(BigInt(second.Attributes?.SequenceNumber ?? '0')).toBeGreaterThan(
      BigInt(first.Attributes?.SequenceNumber ?? '0'),
    );
  });

  knownDifference('deduplication within a group where the scope says so', async () => {
    const queue = await fifoQueue({
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
    });
    await queue.send({ MessageBody: 'same', MessageGroupId: 'a' });
    await queue.send({ MessageBody: 'same', MessageGroupId: 'b' });
    expect(await queue.receive({ MaxNumberOfMessages: 10 })).toHaveLength(2);
  });
});

describe('refusals', () => {
  it('needs a group id and a deduplication id, and takes no delay', async () => {
    const queue = await fifoQueue({ ContentBasedDeduplication: 'false' });
    await expectRefusal(
      queue.send({ MessageBody: 'x', MessageDeduplicationId: 'd' }),
      'MissingParameter',
    );
    await expectRefusal(
      queue.send({ MessageBody: 'x', MessageGroupId: 'g' }),
      'InvalidParameterValue',
    );
    await expectRefusal(
      queue.send({
        MessageBody: 'x',
        MessageGroupId: 'g',
        MessageDeduplicationId: 'd',
        DelaySeconds: 1,
      }),
      'InvalidParameterValue',
    );
  });
});
