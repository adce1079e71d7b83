import type { Message } from '@aws-sdk/client-sqs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readDeadLetter } from '../../../cli/dead-letters/dead-letter.ts';

const TRACE = '7bfdb34c3c1b00405bc0b838d8373f7f';
const TRACEPARENT = `00-${TRACE}-00f067aa0ba902b7-01`;
const body = (more: object = {}) => JSON.stringify({ id: 'o-1', task: 't', payload: {}, ...more });
const attribute = (StringValue: string) => ({ DataType: 'String', StringValue });

test.each<[string, Message]>([
  ['an attribute', { Body: body(), MessageAttributes: { traceparent: attribute(TRACEPARENT) } }],
  [
    'an attribute in other letters, as Binary',
    {
      Body: body(),
      MessageAttributes: {
        TraceParent: { DataType: 'Binary', BinaryValue: Buffer.from(TRACEPARENT) },
      },
    },
  ],
  ['the body', { Body: body({ trace: { traceparent: TRACEPARENT } }) }],
  [
    'the body, where the attribute is malformed',
    {
      Body: body({ trace: { traceparent: TRACEPARENT } }),
      MessageAttributes: { traceparent: attribute(`00-${'0'.repeat(32)}-00f067aa0ba902b7-01`) },
    },
  ],
  [
    "SNS's envelope",
    {
      Body: JSON.stringify({
        Type: 'Notification',
        Message: body(),
        MessageAttributes: { traceparent: { Type: 'String', Value: TRACEPARENT } },
      }),
    },
  ],
])('its trace is that of %s', (_, message) => {
  expect(readDeadLetter(message)).toMatchObject({ id: 'o-1', task: 't', traceId: TRACE });
});

test('a message without any trace has none', () => {
  expect(readDeadLetter({ Body: body() })).not.toHaveProperty('traceId');
});

test('how often SQS gave it out, where nobody knows the limit of its queue', () => {
  const Attributes = { DeadLetterQueueSourceArn: 'arn', ApproximateReceiveCount: '16' };
  expect(readDeadLetter({ Body: body(), Attributes }).reason).toBe(
    'moved by SQS after 15 receives',
  );
  expect(readDeadLetter({ Body: body(), Attributes }, { maxReceiveCount: 1 }).reason).toBe(
    'moved by SQS after 1 receive',
  );
});

test('whatever a message holds, it can be shown, and its payload is only where it was asked for', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constant(TRACEPARENT));
  const attributes = fc.dictionary(
    fc.oneof(
      fc.string(),
      fc.constantFrom('traceparent', 'leadline.error.type', 'leadline.attempts'),
      fc.constantFrom('leadline.failed_at', 'leadline.error.message'),
    ),
    fc.record({ DataType: fc.string(), StringValue: texts }, { requiredKeys: [] }),
  );
  fc.assert(
    fc.property(
      fc.record(
        { MessageId: fc.string(), Body: texts, MessageAttributes: attributes },
        { requiredKeys: [] },
      ),
      (message) => {
        const shown = readDeadLetter(message as Message);
        expect(typeof shown.reason).toBe('string');
        expect(shown).not.toHaveProperty('payload');
        expect(shown).not.toHaveProperty('body');
        JSON.stringify(readDeadLetter(message as Message, { payload: true }));
      },
    ),
  );
});
