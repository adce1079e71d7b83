import type { SQSRecord } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { buildDeadLetterCopies } from '../../../lib/worker/dead-letter-copy.ts';

const DLQ = 'https://sqs.us-east-1.amazonaws.com/000000000000/shop-dlq';
const cause = {
  errorType: 'RangeError',
  errorMessage: 'no such street',
  attempts: 5,
  failedAt: new Date('2026-01-02T03:04:05.678Z'),
};
const LIMIT = 1_048_576;

function record(body: string, attributes: SQSRecord['messageAttributes'] = {}): SQSRecord {
  return {
    messageId: 'a0a0a0a0-0000-4000-8000-000000000001',
    receiptHandle: 'receipt',
    body,
    attributes: {
      ApproximateReceiveCount: '5',
      SentTimestamp: '0',
      SenderId: 'x',
      ApproximateFirstReceiveTimestamp: '0',
    },
    messageAttributes: attributes,
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:000000000000:shop',
    awsRegion: 'us-east-1',
  };
}

const text = (stringValue: string, dataType = 'String') => ({ stringValue, dataType });
const tags = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`tag-${index}`, text('x')]));
const causeNames = (copy: { MessageAttributes?: object | undefined }) =>
  Object.keys(copy.MessageAttributes ?? {}).filter((name) => name.startsWith('leadline.'));
const messageOf = (errorMessage: string) => {
  const { withCause } = buildDeadLetterCopies(record('{}'), DLQ, { ...cause, errorMessage });
  return withCause.MessageAttributes?.['leadline.error.message']?.StringValue;
};

describe('the body', () => {
  it.each([
    ['with an id', '{"id":"t-1", "task":"ship","payload":{}}'],
    ['that is no JSON', 'garbage'],
    ['that is no object', '["task"]'],
    ['that is no task message', '{"hello":"world"}'],
  ])('%s is unchanged', (_, body) => {
    expect(buildDeadLetterCopies(record(body), DLQ, cause).withCause.MessageBody).toBe(body);
  });

  it('without an id in an SNS envelope gets it where the message is', () => {
    const Message = '{"task":"ship","payload":"\\ufffe"}';
    const body = JSON.stringify({ Type: 'Notification', TopicArn: 'arn', Message });
    const { plain } = buildDeadLetterCopies(record(body), DLQ, cause);
    const envelope = JSON.parse(plain.MessageBody ?? '');
    expect(envelope).toMatchObject({ Type: 'Notification', TopicArn: 'arn' });
    expect(JSON.parse(envelope.Message)).toEqual({
      id: 'a0a0a0a0-0000-4000-8000-000000000001',
      task: 'ship',
      payload: '\ufffe',
    });
  });

  it('without an id gets its SQS message id, and is as it was otherwise', () => {
    const body = ' { "task": "ship", "payload": {"price": 1.0, "big": 12345678901234567890} }';
    const { withCause, plain } = buildDeadLetterCopies(record(body), DLQ, cause);
    expect(withCause.MessageBody).toBe(
      ' {"id":"a0a0a0a0-0000-4000-8000-000000000001", "task": "ship", "payload": {"price": 1.0, "big": 12345678901234567890} }',
    );
    expect(plain.MessageBody).toBe(withCause.MessageBody);
  });

  it('that has no room for an id is unchanged', () => {
    const body = `{"task":"ship","payload":"${'x'.repeat(LIMIT - 50)}"}`;
    expect(buildDeadLetterCopies(record(body), DLQ, cause).plain.MessageBody).toBe(body);
  });
});

describe('the attributes', () => {
  it('that the message came with are kept, Binary and Number too, and an older cause is replaced', () => {
    const binaryValue = Buffer.from([0, 255, 7]).toString('base64');
    const original = {
      traceparent: text('00-11111111111111111111111111111111-2222222222222222-01'),
      weight: text('1.50', 'Number.kg'),
      seal: { binaryValue, dataType: 'Binary' },
      'leadline.error.type': text('Older'),
      'leadline.other': text('gone'),
    } as SQSRecord['messageAttributes'];
    const { withCause, plain } = buildDeadLetterCopies(record('{}', original), DLQ, cause);
    expect(plain.MessageAttributes).toEqual({
      traceparent: { DataType: 'String', StringValue: original['traceparent']?.stringValue },
      weight: { DataType: 'Number.kg', StringValue: '1.50' },
      seal: { DataType: 'Binary', BinaryValue: Buffer.from([0, 255, 7]) },
    });
    expect(withCause.MessageAttributes).toEqual({
      ...plain.MessageAttributes,
      'leadline.error.type': { DataType: 'String', StringValue: 'RangeError' },
      'leadline.error.message': { DataType: 'String', StringValue: 'no such street' },
      'leadline.attempts': { DataType: 'Number', StringValue: '5' },
      'leadline.failed_at': { DataType: 'String', StringValue: '2026-01-02T03:04:05.678Z' },
    });
  });

  it.each([
    [
      6,
      ['leadline.error.type', 'leadline.error.message', 'leadline.attempts', 'leadline.failed_at'],
    ],
    [7, ['leadline.error.type', 'leadline.error.message', 'leadline.attempts']],
    [8, ['leadline.error.type', 'leadline.error.message']],
    [9, ['leadline.error.type']],
    [10, []],
  ])('beside %i of its own: the cause in the order of its worth, 10 in all', (count, expected) => {
    const { withCause } = buildDeadLetterCopies(record('{}', tags(count)), DLQ, cause);
    expect(causeNames(withCause)).toEqual(expected);
    expect(withCause.MessageAttributes).toMatchObject({
      ...(count > 0 && { 'tag-0': { StringValue: 'x' } }),
    });
  });

  it('fill a message up to 1 MiB and not a byte more', () => {
    const typeBytes = 'leadline.error.type'.length + 'String'.length + 'RangeError'.length;
    const messageBytes =
      'leadline.error.message'.length + 'String'.length + cause.errorMessage.length;
    const copy = (free: number) =>
      causeNames(buildDeadLetterCopies(record('x'.repeat(LIMIT - free)), DLQ, cause).withCause);
    expect(copy(0)).toEqual([]);
    expect(copy(typeBytes - 1)).toEqual([]);
    expect(copy(typeBytes)).toEqual(['leadline.error.type']);
    expect(copy(typeBytes + messageBytes - 1)).toEqual(['leadline.error.type']);
    expect(copy(typeBytes + messageBytes)).toEqual([
      'leadline.error.type',
      'leadline.error.message',
    ]);
  });
});

describe('the error message', () => {
  it('is cut to 256 characters, never through one', () => {
    expect(messageOf('a'.repeat(256))).toBe('a'.repeat(256));
    expect(messageOf('a'.repeat(257))).toBe('a'.repeat(256));
    expect(messageOf(`${'a'.repeat(254)}🧭b`)).toBe(`${'a'.repeat(254)}🧭`);
    expect(messageOf(`${'a'.repeat(255)}🧭b`)).toBe('a'.repeat(255));
    expect(messageOf('🧭'.repeat(200))).toBe('🧭'.repeat(128));
  });

  it('loses what SQS refuses and is never empty', () => {
    expect(messageOf('a\u0000b\u001bc\ufffed\ud800e\tf\n')).toBe('abcde\tf\n');
    expect(messageOf('')).toBe('unknown');
    expect(messageOf('\u0000')).toBe('unknown');
  });
});

describe('the group', () => {
  const grouped = { ...record('{}') };
  grouped.attributes = { ...grouped.attributes, MessageGroupId: 'customer-7' };

  it('is kept, on standard queues too', () => {
    for (const copy of Object.values(buildDeadLetterCopies(grouped, DLQ, cause))) {
      expect(copy.MessageGroupId).toBe('customer-7');
      expect(copy).not.toHaveProperty('MessageDeduplicationId');
    }
    expect(buildDeadLetterCopies(record('{}'), DLQ, cause).plain).not.toHaveProperty(
      'MessageGroupId',
    );
  });

  it('on FIFO goes with the message id of the source, which tells equal bodies apart', () => {
    const { withCause, plain } = buildDeadLetterCopies(grouped, `${DLQ}.fifo`, cause);
    for (const copy of [withCause, plain]) {
      expect(copy.MessageGroupId).toBe('customer-7');
      expect(copy.MessageDeduplicationId).toBe(grouped.messageId);
    }
  });
});

it('the trace header of X-Ray goes along', () => {
  const traced = record('{}');
  traced.attributes.AWSTraceHeader = 'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1';
  const { plain } = buildDeadLetterCopies(traced, DLQ, cause);
  expect(plain.MessageSystemAttributes?.AWSTraceHeader?.StringValue).toBe(
    'Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1',
  );
});
