import {
  ListMessageMoveTasksCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
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

async function queueWithDlq(fifo = false): Promise<{ queue: ContractQueue; dlq: ContractQueue }> {
  const kind: Record<string, string> = fifo
    ? { FifoQueue: 'true', ContentBasedDeduplication: 'true' }
    : {};
  const dlq = await bench.createQueue(kind);
  const queue = await bench.createQueue({
    ...kind,
    VisibilityTimeout: '1',
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: await dlq.attribute('QueueArn'),
      maxReceiveCount: 1,
    }),
  });
  return { queue, dlq };
}

describe('redrive', () => {
  it('moves a message after maxReceiveCount with its id, content and attributes', async () => {
    const { queue, dlq } = await queueWithDlq();
    const sent = await queue.send({
      MessageBody: 'dead 😀',
      MessageGroupId: 'tenant',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    });
    const received = await queue.receiveOne();
    expect(await queue.receive()).toEqual([]);
    const dead = await dlq.receiveOne();
    expect(dead).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'dead 😀',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
      Attributes: {
        MessageGroupId: 'tenant',
        AWSTraceHeader: 'Root=1',
        DeadLetterQueueSourceArn: await queue.attribute('QueueArn'),
        SentTimestamp: received.Attributes?.SentTimestamp,
      },
    });
  });

  it('a redriven message wakes a poll of the dead-letter queue', async () => {
    const { queue, dlq } = await queueWithDlq();
    await queue.send({ MessageBody: 'dead' });
    const waiting = dlq.receiveOne({ WaitTimeSeconds: 20 });
    await queue.receiveOne();
    await queue.receive();
    expect((await waiting).Body).toBe('dead');
  });

  it('frees the group of a FIFO queue', async () => {
    const { queue, dlq } = await queueWithDlq(true);
    await queue.send({ MessageBody: 'bad', MessageGroupId: 'g' });
    await queue.send({ MessageBody: 'next', MessageGroupId: 'g' });
    expect((await queue.receiveOne()).Body).toBe('bad');
    expect((await queue.receiveOne()).Body).toBe('next');
    expect((await dlq.receiveOne()).Attributes?.MessageGroupId).toBe('g');
  });

  it('a message sent to a dead-letter queue has no source', async () => {
    const { dlq } = await queueWithDlq();
    await dlq.send({ MessageBody: 'copy' });
    expect((await dlq.receiveOne()).Attributes?.DeadLetterQueueSourceArn).toBeUndefined();
  });

  knownDifference('a redrive policy needs a dead-letter queue that exists', async () => {
    const { queue, dlq } = await queueWithDlq();
    const policy = {
      deadLetterTargetArn: `${await dlq.attribute('QueueArn')}-not`,
      maxReceiveCount: 1,
    };
    await expectRefusal(
      bench.client.send(
        new SetQueueAttributesCommand({
          QueueUrl: queue.url,
          Attributes: { RedrivePolicy: JSON.stringify(policy) },
        }),
      ),
      'InvalidParameterValue',
    );
  });
});

describe('StartMessageMoveTask', () => {
  it('brings dead messages back to the queue they came from, as new ones', async () => {
    const { queue, dlq } = await queueWithDlq();
    const sent = await queue.send({
      MessageBody: 'dead',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
    });
    await queue.receiveOne();
    await queue.receive();
    const SourceArn = await dlq.attribute('QueueArn');
    await bench.client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    const back = await queue.receiveOne({ WaitTimeSeconds: 20 });
    expect(back.Body).toBe('dead');
    expect(back.MessageAttributes?.['a']?.StringValue).toBe('1');
    expect(back.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(back.MessageId).not.toBe(sent.MessageId);
    await expect
      .poll(
        async () => {
          const listed = await bench.client.send(new ListMessageMoveTasksCommand({ SourceArn }));
          return listed.Results?.[0];
        },
        { timeout: 10_000 },
      )
      .toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1 });
  });

  it('fails for messages that no redrive policy brought there', async () => {
    const { dlq } = await queueWithDlq();
    await dlq.send({ MessageBody: 'copy' });
    const SourceArn = await dlq.attribute('QueueArn');
    await bench.client.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await expect
      .poll(
        async () => {
          const listed = await bench.client.send(new ListMessageMoveTasksCommand({ SourceArn }));
          return listed.Results?.[0]?.Status;
        },
        { timeout: 10_000 },
      )
      .toBe('FAILED');
    expect((await dlq.receiveOne()).Body).toBe('copy');
  });
});

describe('delays and counters', () => {
  it('counts visible, in flight and delayed messages without a receive', async () => {
    const queue = await bench.createQueue({ VisibilityTimeout: '1' });
    const counters = async (): Promise<(string | undefined)[]> => [
      await queue.attribute('ApproximateNumberOfMessages'),
      await queue.attribute('ApproximateNumberOfMessagesNotVisible'),
      await queue.attribute('ApproximateNumberOfMessagesDelayed'),
    ];
    await queue.send({ MessageBody: 'now' });
    await queue.send({ MessageBody: 'received' });
    await queue.send({ MessageBody: 'later', DelaySeconds: 1 });
    await queue.receiveOne();
    expect(await counters()).toEqual(['1', '1', '1']);
    await expect.poll(counters, { timeout: 5000 }).toEqual(['3', '0', '0']);
  });

  it('holds a message back for DelaySeconds', async () => {
    const queue = await bench.createQueue();
    const sentAt = performance.now();
    await queue.send({ MessageBody: 'later', DelaySeconds: 1 });
    expect(await queue.receive({ WaitTimeSeconds: 0 })).toEqual([]);
    expect((await queue.receiveOne()).Body).toBe('later');
    expect(performance.now() - sentAt).toBeGreaterThan(900);
  });

  it("holds messages back for the queue's own delay", async () => {
    const queue = await bench.createQueue({ DelaySeconds: '1' });
    await queue.send({ MessageBody: 'later' });
    expect(await queue.attribute('ApproximateNumberOfMessagesDelayed')).toBe('1');
    expect((await queue.receiveOne()).Body).toBe('later');
  });
});
