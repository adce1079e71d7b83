import type { MessageAttributeValue, SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import { MessageTooLarge } from '../errors/message-too-large.ts';
import { isMessageText, MAX_MESSAGE_ATTRIBUTES } from '../instrumentation/trace-carrier.ts';
import type { Task } from '../task/define-task.ts';
import {
  encodeMessage,
  MAX_MESSAGE_BYTES,
  type TraceFields,
  type WorkflowPlace,
} from '../task/task-message.ts';
import type { EnqueueOptions, ProducerQueue } from './enqueue-options.ts';

/** A message that passed every check and has its id. */
export interface PreparedMessage {
  id: string;
  task: Task;
  /** As the worker will read it. */
  payload: unknown;
  queue: ProducerQueue;
  options: EnqueueOptions;
  /** The end of the delay that `at` asked for. */
  notBefore?: Date;
  /** Set where EventBridge Scheduler is to send it, at this whole minute. */
  scheduleAt?: Date;
  /** The chain or group that it is part of. */
  workflow?: WorkflowPlace;
}

export interface BuiltMessage {
  input: SendMessageCommandInput;
  /** Of body and attributes, as SQS counts them. */
  bytes: number;
}

/**
 * What to send. Trace context goes into message attributes, or, where the user's own leave no
 * slot for all of it, into the body: ours never make a send fail.
 *
 * @throws InvalidEnqueueOptions for attributes that SQS refuses; MessageTooLarge over 1 MiB.
 */
export function buildMessage(message: PreparedMessage, traceFields: TraceFields): BuiltMessage {
  const { id, task, payload, queue, options } = message;
  // Workers read trace fields in any letter case: the user's must not take the place of ours.
  const own = Object.entries(options.attributes ?? {}).filter(
    ([name]) => !Object.hasOwn(traceFields, name.toLowerCase()),
  );
  for (const [name, value] of own) checkAttribute(name, value);
  if (own.length > MAX_MESSAGE_ATTRIBUTES) {
    throw new InvalidEnqueueOptions(
      `attributes has ${own.length} entries; SQS takes ${MAX_MESSAGE_ATTRIBUTES} a message.`,
    );
  }
  const fits = own.length + Object.keys(traceFields).length <= MAX_MESSAGE_ATTRIBUTES;
  const attributes = fits ? [...own, ...Object.entries(traceFields)] : own;
  const enqueuedAt = new Date();
  const body = encodeMessage({
    id,
    task: task.name,
    payload,
    enqueuedAt,
    ...(options.delaySeconds && {
      notBefore: message.notBefore ?? new Date(enqueuedAt.getTime() + options.delaySeconds * 1000),
    }),
    ...(!fits && { trace: traceFields }),
    ...(message.workflow && { workflow: message.workflow }),
  });
  const bytes = countBytes(body, attributes);
  if (bytes > MAX_MESSAGE_BYTES) throw new MessageTooLarge(task.name, bytes, MAX_MESSAGE_BYTES);
  const input = {
    QueueUrl: queue.url,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(attributes.map(toStringAttribute)),
    // 0 too, where the queue has a delay of its own; FIFO queues take none for a message.
    ...(options.delaySeconds !== undefined &&
      !queue.fifo && { DelaySeconds: options.delaySeconds }),
    ...(options.groupId !== undefined && { MessageGroupId: options.groupId }),
    ...(queue.fifo && { MessageDeduplicationId: options.dedupeId ?? id }),
  };
  return { input, bytes };
}

function toStringAttribute([name, value]: [string, string]): [string, MessageAttributeValue] {
  return [name, { DataType: 'String', StringValue: value }];
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-message-metadata.html */
const ATTRIBUTE_NAME = /^(?!aws\.|amazon\.|\.)(?!.*\.\.)[A-Z0-9_.-]{1,256}(?<!\.)$/i;

function checkAttribute(name: string, value: unknown): void {
  if (name.startsWith('leadline.')) {
    throw new InvalidEnqueueOptions(
      `attributes: ${JSON.stringify(name)} is refused; names that begin with "leadline." tell why a message died.`,
    );
  }
  if (!ATTRIBUTE_NAME.test(name)) {
    throw new InvalidEnqueueOptions(
      `attributes: SQS refuses the name ${JSON.stringify(name)}. Use up to 256 letters, digits, "_", "-" and single dots.`,
    );
  }
  if (typeof value !== 'string' || value === '' || !isMessageText(value)) {
    throw new InvalidEnqueueOptions(
      `attributes["${name}"] has to be a string that is not empty and holds no control characters.`,
    );
  }
}

function countBytes(body: string, attributes: readonly [string, string][]): number {
  return attributes.reduce(
    (sum, [name, value]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(value) + 'String'.length,
    Buffer.byteLength(body),
  );
}
