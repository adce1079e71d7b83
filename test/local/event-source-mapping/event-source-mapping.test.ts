import {
  ReceiveMessageCommand,
  type ReceiveMessageCommandOutput,
  SendMessageBatchCommand,
} from '@aws-sdk/client-sqs';
import { describe, expect, it } from 'vitest';
import { startSqsServer } from '../../../local/sqs/sqs-server.ts';
import { type MappingBench, startMappingBench } from './mapping-bench.ts';

async function sendMany(bench: MappingBench, count: number, body = 'x'): Promise<void> {
  for (let sent = 0; sent < count; sent += 10) {
    await bench.client.send(
      new SendMessageBatchCommand({
        QueueUrl: bench.server.queueUrl('default'),
        Entries: Array.from({ length: Math.min(10, count - sent) }, (_, i) => ({
          Id: `e${i}`,
          MessageBody: body,
        })),
      }),
    );
  }
}

describe('concurrency', () => {
  it('runs maximumConcurrency batches at a time and receives no message beyond them', async () => {
    const bench = await startMappingBench();
    await sendMany(bench, 6);
    bench.map({ batchSize: 1, maximumConcurrency: 2 }, { functionConcurrency: 5 });
    await expect.poll(() => bench.running().length).toBe(2);
    expect(await bench.counters()).toEqual([4, 2, 0]);
    bench.running()[0]?.answer(null);
    await expect.poll(() => bench.invocations.length).toBe(3);
    expect(await bench.counters()).toEqual([3, 2, 0]);
  });

  it("grows with the backlog to the function's own concurrency", async () => {
    const bench = await startMappingBench();
    const mapping = bench.map({ batchSize: 1 }, { functionConcurrency: 4 });
    await bench.send('first');
    await expect.poll(() => bench.running().length).toBe(1);
    await sendMany(bench, 5);
    await expect.poll(() => bench.running().length).toBe(4);
    expect(await bench.counters()).toEqual([2, 4, 0]);
    expect(mapping.enabled).toBe(true);
  });
});

describe('batches', () => {
  it('hold up to batchSize records of one receive', async () => {
    const bench = await startMappingBench();
    await sendMany(bench, 7);
    bench.map({ batchSize: 5, maximumConcurrency: 2 });
    await expect.poll(() => bench.invocations.length).toBe(2);
    expect(bench.invocations.map((call) => call.records.length)).toEqual([5, 2]);
  });

  it('over ten are gathered by several receives and sent as soon as they are full', async () => {
    const bench = await startMappingBench();
    await sendMany(bench, 25);
    const startedAt = performance.now();
    bench.map({ batchSize: 25, maximumBatchingWindowSeconds: 30 });
    await expect.poll(() => bench.invocations.length).toBe(1);
    expect(performance.now() - startedAt).toBeLessThan(3000);
    expect(bench.invocations[0]?.records).toHaveLength(25);
    expect(new Set(bench.invocations[0]?.records.map((record) => record.messageId)).size).toBe(25);
  });

  it('wait for the window that begins with their first record', async () => {
    const bench = await startMappingBench();
    bench.map({ batchSize: 10, maximumBatchingWindowSeconds: 1 });
    await bench.send('1');
    const sentAt = performance.now();
    await expect.poll(() => bench.counters()).toEqual([0, 1, 0]);
    await bench.send('2');
    await expect.poll(() => bench.invocations.length, { timeout: 5000 }).toBe(1);
    expect(performance.now() - sentAt).toBeGreaterThan(900);
    expect(bench.invocations[0]?.bodies).toEqual(['1', '2']);
  });

  it('stay within a payload of 6 MB and lose nothing of what goes beyond', async () => {
    const bench = await startMappingBench({}, (invocation) => invocation.answer(null));
    for (let i = 0; i < 8; i++) await bench.send('x'.repeat(1_000_000));
    bench.map({ batchSize: 10 });
    await expect.poll(() => bench.counters(), { timeout: 5000 }).toEqual([0, 0, 0]);
    expect(bench.invocations.map((call) => call.records.length)).toEqual([6, 2]);
    for (const call of bench.invocations) {
      expect(Buffer.byteLength(call.eventJson)).toBeLessThanOrEqual(6 * 1024 * 1024);
    }
  });
});

describe('FIFO', () => {
  it('never runs two batches of one group at a time, even after the visibility', async () => {
    const bench = await startMappingBench({
      queueName: 'orders.fifo',
      fifo: true,
      visibilityTimeoutSeconds: 1,
    });
    const received: (string | undefined)[] = [];
    bench.client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { Messages = [] } = result.output as ReceiveMessageCommandOutput;
        received.push(...Messages.map((message) => message.Body));
        return result;
      },
      { step: 'initialize' },
    );
    await bench.send('a1', { MessageGroupId: 'a', MessageDeduplicationId: 'a1' });
    bench.map({ batchSize: 1 });
    await expect.poll(() => received, { timeout: 5000 }).toEqual(['a1', 'a1']);
    await bench.send('b1', { MessageGroupId: 'b', MessageDeduplicationId: 'b1' });
    const running = (): string[] => bench.running().flatMap((call) => call.bodies);
    await expect.poll(running).toContain('b1');
    expect(running().filter((body) => body === 'a1')).toEqual(['a1']);
    bench.running()[0]?.functionError();
    await expect
      .poll(() => bench.invocations.filter((call) => call.bodies[0] === 'a1').length, {
        timeout: 5000,
      })
      .toBe(2);
    expect(running().filter((body) => body === 'a1')).toEqual(['a1']);
  });
});

describe('stop and disable', () => {
  it('an aborted long poll hides no message', async () => {
    const bench = await startMappingBench();
    const mapping = bench.map();
    await bench.send('first');
    await expect.poll(() => bench.running().length).toBe(1);
    bench.running()[0]?.answer(null);
    await expect.poll(() => bench.counters()).toEqual([0, 0, 0]);
    const stoppingAt = performance.now();
    await mapping.stop();
    expect(performance.now() - stoppingAt).toBeLessThan(500);
    expect(mapping.enabled).toBe(false);
    await bench.counters();
    await bench.send('later');
    const { Messages } = await bench.client.send(
      new ReceiveMessageCommand({
        QueueUrl: bench.server.queueUrl('default'),
        MessageSystemAttributeNames: ['All'],
      }),
    );
    expect(Messages?.[0]?.Body).toBe('later');
    expect(Messages?.[0]?.Attributes?.ApproximateReceiveCount).toBe('1');
    expect(bench.invocations).toHaveLength(1);
  });

  it('stop waits for a running batch, and deletes it', async () => {
    const bench = await startMappingBench();
    const mapping = bench.map({}, { drainMilliseconds: 5000 });
    await bench.send('1');
    await expect.poll(() => bench.running().length).toBe(1);
    const stopped = mapping.stop();
    bench.running()[0]?.answer(null);
    await stopped;
    expect(await bench.counters()).toEqual([0, 0, 0]);
  });

  it('stop leaves a batch that takes longer: its message comes back', async () => {
    const bench = await startMappingBench({ visibilityTimeoutSeconds: 1 });
    const mapping = bench.map();
    await bench.send('1');
    await expect.poll(() => bench.running().length).toBe(1);
    const stoppingAt = performance.now();
    await mapping.stop();
    expect(performance.now() - stoppingAt).toBeLessThan(500);
    bench.running()[0]?.answer(null);
    mapping.enable();
    expect(mapping.enabled).toBe(false);
    await expect.poll(() => bench.counters(), { timeout: 3000 }).toEqual([1, 0, 0]);
    expect(bench.warnings).toEqual([]);
  });

  it('a disabled mapping receives nothing, ends what runs, and goes on when enabled', async () => {
    const bench = await startMappingBench();
    const mapping = bench.map({ batchSize: 1, maximumConcurrency: 1 });
    await bench.send('1');
    await expect.poll(() => bench.running().length).toBe(1);
    await mapping.disable();
    expect(mapping.enabled).toBe(false);
    await bench.send('2');
    bench.running()[0]?.answer(null);
    await expect.poll(() => bench.counters()).toEqual([1, 0, 0]);
    mapping.enable();
    mapping.enable();
    await expect.poll(() => bench.invocations.length).toBe(2);
    expect(bench.invocations[1]?.bodies).toEqual(['2']);
  });

  it('what was received when it is disabled is still delivered', async () => {
    const bench = await startMappingBench({}, (invocation) => invocation.answer(null));
    const mapping = bench.map(
      { batchSize: 10, maximumBatchingWindowSeconds: 30 },
      { drainMilliseconds: 5000 },
    );
    await bench.send('1');
    await expect.poll(() => bench.counters()).toEqual([0, 1, 0]);
    await mapping.disable();
    expect(bench.invocations.map((call) => call.bodies)).toEqual([['1']]);
    expect(await bench.counters()).toEqual([0, 0, 0]);
  });
});

describe('a broken SQS', () => {
  it('warns once, backs off, and goes on when it is back', async () => {
    const bench = await startMappingBench({}, (invocation) => invocation.answer(null));
    bench.map();
    await bench.send('before');
    await expect.poll(() => bench.invocations.length).toBe(1);
    await bench.server.stop();
    await expect.poll(() => bench.warnings.length, { timeout: 5000 }).toBe(1);
    const back = await startSqsServer({
      queues: [{ queueName: 'default' }],
      port: Number(new URL(bench.server.endpoint).port),
    });
    try {
      await bench.send('after');
      await expect.poll(() => bench.invocations.length, { timeout: 8000 }).toBe(2);
      expect(bench.invocations[1]?.bodies).toEqual(['after']);
      expect(bench.warnings).toHaveLength(1);
    } finally {
      await back.stop();
    }
  });
});
