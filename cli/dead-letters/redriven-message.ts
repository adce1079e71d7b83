import type { Message, MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { MAX_MESSAGE_ATTRIBUTES } from '../../lib/instrumentation/trace-carrier.ts';
import { MAX_MESSAGE_BYTES } from '../../lib/task/task-message.ts';

/**
 * Tells the worker that a task which is said to have failed may run again. It stays on a redriven
 * message; the other `leadline.*` attributes are of the death that is over.
 */
const FAILED_AT = 'leadline.failed_at';
const PREFIX = 'leadline.';

/** A dead message as it goes back to its queue: to SQS it is a new one, so its attempts count from 1. */
export function toRedriven(message: Message, queueUrl: string): SendMessageCommandInput {
  const { MessageId = '', Body = '', Attributes = {} } = message;
  const fifo = queueUrl.endsWith('.fifo');
  const groupId = Attributes.MessageGroupId ?? (fifo ? MessageId : undefined);
  const AWSTraceHeader = Attributes.AWSTraceHeader;
  return {
    QueueUrl: queueUrl,
    MessageBody: Body,
    MessageAttributes: attributesOf(message),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    // Not the task's id: the first send has used that up, and SQS would swallow this one. The id in
    // the dead-letter queue is the same in every try, so a try after a crash is swallowed.
    ...(fifo && { MessageDeduplicationId: MessageId }),
    ...(AWSTraceHeader !== undefined && {
      MessageSystemAttributes: {
        AWSTraceHeader: { DataType: 'String', StringValue: AWSTraceHeader },
      },
    }),
  };
}

function attributesOf({ Body = '', MessageAttributes = {}, Attributes = {} }: Message) {
  const kept = Object.entries(MessageAttributes)
    .filter(([name]) => !name.startsWith(PREFIX) || name === FAILED_AT)
    .map(([name, value]): [string, MessageAttributeValue] => [name, toSent(value)]);
  if (kept.some(([name]) => name === FAILED_AT)) return Object.fromEntries(kept);
  // One that SQS moved, or whose copy had no room for it.
  const time = new Date(Number(Attributes.SentTimestamp ?? Date.now())).toISOString();
  const failedAt: [string, MessageAttributeValue] = [
    FAILED_AT,
    { DataType: 'String', StringValue: time },
  ];
  const withIt = [...kept, failedAt];
  const bytes = withIt.reduce((sum, entry) => sum + bytesOf(entry), Buffer.byteLength(Body));
  const fits = withIt.length <= MAX_MESSAGE_ATTRIBUTES && bytes <= MAX_MESSAGE_BYTES;
  return Object.fromEntries(fits ? withIt : kept);
}

/** SQS refuses what it hands out itself, were it only empty: the lists. */
function toSent({ DataType, StringValue, BinaryValue }: MessageAttributeValue) {
  return BinaryValue === undefined ? { DataType, StringValue } : { DataType, BinaryValue };
}

function bytesOf([name, { DataType = '', StringValue = '', BinaryValue }]: [
  string,
  MessageAttributeValue,
]): number {
  const value = BinaryValue?.byteLength ?? Buffer.byteLength(StringValue);
  return Buffer.byteLength(name) + Buffer.byteLength(DataType) + value;
}
