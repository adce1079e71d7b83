import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type ContractBench,
  expectRefusal,
  knownDifference,
  startContractBench,
} from './contract-bench.ts';

let bench: ContractBench;
beforeAll(async () => {
  bench = await startContractBench();
});
afterAll(() => bench.stop());

describe('send, receive, delete', () => {
  it('gives back the body, its digest and the system attributes', async () => {
    const queue = await bench.createQueue();
    const before = Date.now();
    const sent = await queue.send({ MessageBody: 'hello' });
    const message = await queue.receiveOne();
    expect(message).toMatchObject({
      MessageId: sent.MessageId,
      Body: 'hello',
      MD5OfBody: '5d41402abc4b2a76b9719d911017c592',
      Attributes: { ApproximateReceiveCount: '1' },
    });
    expect(message.Attributes?.SenderId).toBeTruthy();
    expect(Number(message.Attributes?.SentTimestamp)).toBeGreaterThan(before - 5000);
    expect(Number(message.Attributes?.ApproximateFirstReceiveTimestamp)).toBeGreaterThan(
      before - 5000,
    );
  });

  it('a deleted message never comes back, and deleting twice is no error', async () => {
    const queue = await bench.createQueue({ VisibilityTimeout: '1' });
    await queue.send({ MessageBody: 'once' });
    const { ReceiptHandle } = await queue.receiveOne();
    const gone = new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle });
    await bench.client.send(gone);
    await bench.client.send(gone);
    expect(await queue.receive()).toEqual([]);
  });

  it('gives attributes only when they are asked for', async () => {
    const queue = await bench.createQueue();
    await queue.send({
      MessageBody: 'x',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' } },
    });
    const [message] = await queue.receive({
      MessageSystemAttributeNames: [],
      MessageAttributeNames: [],
    });
    expect(message?.Body).toBe('x');
    expect(message?.Attributes).toBeUndefined();
    expect(message?.MessageAttributes).toBeUndefined();
  });

  it('refuses a queue that does not exist', async () => {
    const queue = await bench.createQueue();
    await expectRefusal(
      bench.client.send(new ReceiveMessageCommand({ QueueUrl: `${queue.url}-not` })),
      'QueueDoesNotExist',
    );
  });

  it('refuses receipt handles that it did not make', async () => {
    const queue = await bench.createQueue();
    const garbage = { QueueUrl: queue.url, ReceiptHandle: 'garbage' };
    await expectRefusal(
      bench.client.send(new DeleteMessageCommand(garbage)),
      'ReceiptHandleIsInvalid',
    );
    await expectRefusal(
      bench.client.send(new ChangeMessageVisibilityCommand({ ...garbage, VisibilityTimeout: 1 })),
      'ReceiptHandleIsInvalid',
    );
  });
});

describe('visibility', () => {
  it('a message that is not deleted comes back and counts its receives', async () => {
    const queue = await bench.createQueue({ VisibilityTimeout: '1' });
    await queue.send({ MessageBody: 'again' });
    const first = await queue.receiveOne();
    const second = await queue.receiveOne();
    expect(second.MessageId).toBe(first.MessageId);
    expect(second.Attributes?.ApproximateReceiveCount).toBe('2');
    expect(second.Attributes?.ApproximateFirstReceiveTimestamp).toBe(
      first.Attributes?.ApproximateFirstReceiveTimestamp,
    );
    expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
  });

  it('ChangeMessageVisibility to 0 gives the message back at once', async () => {
    const queue = await bench.createQueue();
    await queue.send({ MessageBody: 'back' });
    const { ReceiptHandle } = await queue.receiveOne();
    await bench.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.url,
        ReceiptHandle,
        VisibilityTimeout: 0,
      }),
    );
    expect((await queue.receiveOne()).Attributes?.ApproximateReceiveCount).toBe('2');
  });

  it('ChangeMessageVisibility sets the delay of the retry', async () => {
    const queue = await bench.createQueue({ VisibilityTimeout: '30' });
    await queue.send({ MessageBody: 'retry' });
    const { ReceiptHandle } = await queue.receiveOne();
    const changedAt = performance.now();
    await bench.client.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: queue.url,
        ReceiptHandle,
        VisibilityTimeout: 1,
      }),
    );
    expect((await queue.receiveOne()).Body).toBe('retry');
    expect(performance.now() - changedAt).toBeGreaterThan(900);
  });

  it('refuses a visibility timeout over 12 hours, counted from the receive', async () => {
    const queue = await bench.createQueue();
    await queue.send({ MessageBody: 'long' });
    const { ReceiptHandle } = await queue.receiveOne();
    const change = (VisibilityTimeout: number): Promise<unknown> =>
      bench.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queue.url,
          ReceiptHandle,
          VisibilityTimeout,
        }),
      );
    await expectRefusal(change(43_201), 'InvalidParameterValue');
    await expectRefusal(change(43_200), 'InvalidParameterValue');
    await change(43_000);
  });

  it('tells a message that is visible again from one that is gone', async () => {
    const queue = await bench.createQueue({ VisibilityTimeout: '1' });
    await queue.send({ MessageBody: 'visible' });
    const { ReceiptHandle } = await queue.receiveOne();
    const change = (): Promise<unknown> =>
      bench.client.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: queue.url,
          ReceiptHandle,
          VisibilityTimeout: 5,
        }),
      );
    await expect
      .poll(() => queue.attribute('ApproximateNumberOfMessages'), { timeout: 3000 })
      .toBe('1');
    await expectRefusal(change(), 'MessageNotInflight');
    const again = await queue.receiveOne();
    await bench.client.send(
      new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: again.ReceiptHandle }),
    );
    await expectRefusal(change(), 'InvalidParameterValue');
  });

  knownDifference(
    'a receipt handle deletes after its visibility, until the next receive',
    async () => {
      const queue = await bench.createQueue();
      const sent = await queue.send({ MessageBody: 'late' });
      const late = await queue.receiveOne({ VisibilityTimeout: 1 });
      await queue.send({ MessageBody: 'other' });
      await expect
        .poll(() => queue.attribute('ApproximateNumberOfMessages'), { timeout: 3000 })
        .toBe('2');
      // The receive of the other message is what makes fauxqs forget the handle.
      const next = await queue.receiveOne();
      const handle = next.MessageId === sent.MessageId ? next.ReceiptHandle : late.ReceiptHandle;
      await bench.client.send(
        new DeleteMessageCommand({ QueueUrl: queue.url, ReceiptHandle: handle }),
      );
      const left = await queue.receive({ WaitTimeSeconds: 1 });
      expect(left.map((message) => message.Body)).not.toContain('late');
    },
  );
});

describe('long poll', () => {
  it('wakes when a message arrives', async () => {
    const queue = await bench.createQueue();
    const waiting = queue.receive({ WaitTimeSeconds: 20 });
    await queue.attribute('QueueArn');
    const sentAt = performance.now();
    await queue.send({ MessageBody: 'wake' });
    expect((await waiting).map((message) => message.Body)).toEqual(['wake']);
    expect(performance.now() - sentAt).toBeLessThan(1000);
  });

  it('one arrival ends one of several polls', async () => {
    const queue = await bench.createQueue();
    const polls = [1, 2, 3].map(() => queue.receive({ WaitTimeSeconds: 20 }));
    await queue.attribute('QueueArn');
    await queue.send({ MessageBody: '1' });
    expect(await Promise.race(polls)).toHaveLength(1);
    await queue.send({ MessageBody: '2' });
    await queue.send({ MessageBody: '3' });
    const bodies = (await Promise.all(polls)).map((messages) => messages.map((m) => m.Body));
    expect(bodies.flat().sort()).toEqual(['1', '2', '3']);
  });

  it('one whose client hangs up hides no message', async () => {
    const queue = await bench.createQueue();
    for (let round = 1; round <= 3; round++) {
      const abort = new AbortController();
      const poll = bench.client.send(
        new ReceiveMessageCommand({ QueueUrl: queue.url, WaitTimeSeconds: 20 }),
        { abortSignal: abort.signal },
      );
      const aborted = expect(poll).rejects.toMatchObject({ name: 'AbortError' });
      await queue.attribute('QueueArn');
      abort.abort();
      await aborted;
      await queue.attribute('QueueArn');
      await queue.send({ MessageBody: `round ${round}` });
      const message = await queue.receiveOne();
      expect(message.Body).toBe(`round ${round}`);
      expect(message.Attributes?.ApproximateReceiveCount).toBe('1');
    }
  });

  it('refuses more than 20 s', async () => {
    const queue = await bench.createQueue();
    await expectRefusal(queue.receive({ WaitTimeSeconds: 21 }), 'InvalidParameterValue');
  });
});
