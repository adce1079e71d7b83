import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { startMappingBench } from './mapping-bench.ts';

const succeed = (invocation: { answer(payload: unknown): void }): void => invocation.answer(null);
const milliseconds = expect.stringMatching(/^\d{13}$/);

describe('records', () => {
  it('are what Lambda hands out, attributes of every type included', async () => {
    const bench = await startMappingBench({}, succeed);
    const messageId = await bench.send('{"x":"ü😀"}', {
      MessageGroupId: 'tenant',
      MessageAttributes: {
        text: { DataType: 'String', StringValue: 'v' },
        bytes: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) },
        count: { DataType: 'Number', StringValue: '3' },
      },
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: 'Root=1' } },
    });
    bench.map();
    await expect.poll(() => bench.invocations.length).toBe(1);
    const list = { stringListValues: [], binaryListValues: [] };
    expect(JSON.parse(bench.invocations[0]?.eventJson ?? '')).toEqual({
      Records: [
        {
          messageId,
          receiptHandle: expect.any(String),
          body: '{"x":"ü😀"}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: milliseconds,
            SenderId: '000000000000',
            ApproximateFirstReceiveTimestamp: milliseconds,
            MessageGroupId: 'tenant',
            AWSTraceHeader: 'Root=1',
          },
          messageAttributes: {
            text: { stringValue: 'v', ...list, dataType: 'String' },
            bytes: { binaryValue: 'AQL/', ...list, dataType: 'Binary' },
            count: { stringValue: '3', ...list, dataType: 'Number' },
          },
          md5OfBody: createHash('md5').update('{"x":"ü😀"}').digest('hex'),
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:default',
          awsRegion: 'eu-central-1',
        },
      ],
    });
  });

  it('have no md5OfMessageAttributes and empty messageAttributes without any', async () => {
    const bench = await startMappingBench({}, succeed);
    await bench.send('plain');
    bench.map();
    await expect.poll(() => bench.invocations.length).toBe(1);
    const record = bench.invocations[0]?.records[0];
    expect(record?.messageAttributes).toEqual({});
    expect(Object.keys(record ?? {})).not.toContain('md5OfMessageAttributes');
  });

  it('of a FIFO queue carry group, deduplication id and sequence number', async () => {
    const bench = await startMappingBench({ queueName: 'orders.fifo', fifo: true }, succeed);
    await bench.send('1', { MessageGroupId: 'g', MessageDeduplicationId: 'd' });
    bench.map();
    await expect.poll(() => bench.invocations.length).toBe(1);
    expect(bench.invocations[0]?.records[0]?.attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    });
  });

  it('of a dead-letter queue carry their source', async () => {
    const bench = await startMappingBench({
      visibilityTimeoutSeconds: 1,
      redrive: { deadLetterQueueName: 'dead', maxReceiveCount: 1 },
      others: [{ queueName: 'dead' }],
    });
    await bench.send('bad');
    bench.map();
    bench.map(
      { queueName: 'dead', functionName: 'undertaker' },
      { queueUrl: bench.server.queueUrl('dead'), queueArn: bench.server.queueArn('dead') },
    );
    await expect.poll(() => bench.invocations.length, { timeout: 5000 }).toBe(2);
    const record = bench.invocations[1]?.records[0];
    expect(record?.eventSourceARN).toBe(bench.server.queueArn('dead'));
    expect(record?.attributes['DeadLetterQueueSourceArn']).toBe(bench.server.queueArn('default'));
  });
});
