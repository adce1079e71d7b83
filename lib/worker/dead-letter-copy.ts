import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import type { SQSRecord } from 'aws-lambda';
import { MAX_MESSAGE_ATTRIBUTES, removeRefused } from '../instrumentation/trace-carrier.ts';
import { escapeRefused, MAX_MESSAGE_BYTES } from '../task/task-message.ts';

/** Why a message is dead, as its copy tells it. */
export interface DeathCause {
  errorType: string;
  errorMessage: string;
  attempts: number;
  failedAt: Date;
}

const PREFIX = 'leadline.';
const MAX_ERROR_MESSAGE = 256;

/** The copy of a dead message with its cause, and the plain one to send when SQS refuses it. */
export interface DeadLetterCopies {
  withCause: SendMessageCommandInput;
  plain: SendMessageCommandInput;
}

/**
 * Body and attributes as they came, so that a redriven message runs as it did and continues its
 * first trace; then the cause, as far as slots and bytes last.
 */
export function buildDeadLetterCopies(
  record: SQSRecord,
  dlqUrl: string,
  cause: DeathCause,
): DeadLetterCopies {
  const original = Object.entries(record.messageAttributes ?? {})
    .filter(([name]) => !name.startsWith(PREFIX))
    .map(([name, attribute]): [string, MessageAttributeValue] => [name, toSdkAttribute(attribute)]);
  const originalBytes = original.reduce((sum, entry) => sum + attributeBytes(entry), 0);
  const body = withId(record, MAX_MESSAGE_BYTES - originalBytes);
  const plain: SendMessageCommandInput = {
    QueueUrl: dlqUrl,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(original),
    ...groupOf(record, dlqUrl),
    ...traceHeaderOf(record),
  };
  const slots = MAX_MESSAGE_ATTRIBUTES - original.length;
  let bytesLeft = MAX_MESSAGE_BYTES - originalBytes - Buffer.byteLength(body);
  const added = causeAttributes(cause)
    .slice(0, slots)
    .filter((entry) => {
      bytesLeft -= attributeBytes(entry);
      return bytesLeft >= 0;
    });
  const withCause = { ...plain, MessageAttributes: Object.fromEntries([...original, ...added]) };
  return { withCause, plain };
}

/** In the order of their worth. */
function causeAttributes(cause: DeathCause): [string, MessageAttributeValue][] {
  const values: [string, string][] = [
    ['error.type', cause.errorType],
    // A surrogate pair that is cut in two loses its half below: SQS refuses a lone one.
    ['error.message', cause.errorMessage.slice(0, MAX_ERROR_MESSAGE)],
    ['attempts', String(cause.attempts)],
    ['failed_at', cause.failedAt.toISOString()],
  ];
  return values.map(([name, value]) => [
    PREFIX + name,
    {
      DataType: name === 'attempts' ? 'Number' : 'String',
      StringValue: removeRefused(value) || 'unknown',
    },
  ]);
}

/**
 * A message without an id goes by its SQS message id, which the copy loses: it is written into the
 * body, where there is room, so that the id stays the same after a redrive.
 */
function withId({ body, messageId }: SQSRecord, maxBytes: number): string {
  try {
    const message: unknown = JSON.parse(body);
    if (typeof message !== 'object' || message === null || Array.isArray(message)) return body;
    const withIdText = isEnvelope(message)
      ? escapeRefused(JSON.stringify({ ...message, Message: addId(message.Message, messageId) }))
      : addId(body, messageId);
    return Buffer.byteLength(withIdText) <= maxBytes ? withIdText : body;
  } catch {
    return body;
  }
}

/** SNS's, where the message is a string within. */
function isEnvelope(body: object): body is { Type: 'Notification'; Message: string } {
  const { Type, Message } = body as { Type?: unknown; Message?: unknown };
  return Type === 'Notification' && typeof Message === 'string';
}

function addId(json: string, id: string): string {
  const message = JSON.parse(json) as object;
  if ('id' in message || !('task' in message)) return json;
  return json.replace('{', `{"id":${JSON.stringify(id)},`);
}

/** The X-Ray propagator's context, which travels outside of the message attributes. */
function traceHeaderOf({ attributes }: SQSRecord): Partial<SendMessageCommandInput> {
  const header = attributes.AWSTraceHeader;
  if (header === undefined) return {};
  const AWSTraceHeader = { DataType: 'String', StringValue: header };
  return { MessageSystemAttributes: { AWSTraceHeader } };
}

/**
 * The group is kept, on standard queues too (fair queues). On FIFO the copy is told apart by its
 * source message: by content, equal bodies would be swallowed.
 */
function groupOf(
  { attributes, messageId }: SQSRecord,
  dlqUrl: string,
): Partial<SendMessageCommandInput> {
  const groupId = attributes.MessageGroupId;
  const fifo = dlqUrl.endsWith('.fifo');
  return {
    ...((groupId !== undefined || fifo) && { MessageGroupId: groupId ?? messageId }),
    ...(fifo && { MessageDeduplicationId: messageId }),
  };
}

function toSdkAttribute(attribute: SQSRecord['messageAttributes'][string]): MessageAttributeValue {
  const { dataType, stringValue, binaryValue } = attribute;
  return typeof binaryValue === 'string'
    ? { DataType: dataType, BinaryValue: Buffer.from(binaryValue, 'base64') }
    : { DataType: dataType, StringValue: stringValue };
}

function attributeBytes([name, { DataType = '', StringValue = '', BinaryValue }]: [
  string,
  MessageAttributeValue,
]): number {
  const value = BinaryValue?.byteLength ?? Buffer.byteLength(StringValue);
  return Buffer.byteLength(name) + Buffer.byteLength(DataType) + value;
}
