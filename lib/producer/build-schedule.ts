import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import { MessageTooLarge } from '../errors/message-too-large.ts';
import { encodeMessage, type TraceFields } from '../task/task-message.ts';
import type { PreparedMessage } from './build-message.ts';

/** A message that EventBridge Scheduler is to send. */
export interface BuiltSchedule {
  /** A whole minute. */
  at: Date;
  /** Of the target: the message, or, for `sendMessage`, the input of SQS's SendMessage. */
  input: string;
  target: 'queue' | 'sendMessage';
}

/** Scheduler's limit of the input of a target. */
const MAX_INPUT_BYTES = 256 * 1024;

/**
 * What Scheduler is to send, with the trace context in the body: it carries no attributes.
 *
 * @throws MessageTooLarge over 256 KB.
 */
export function buildSchedule(message: PreparedMessage, trace: TraceFields): BuiltSchedule {
  const { id, task, payload, queue, options, scheduleAt: at } = message;
  if (at === undefined) throw new InvalidEnqueueOptions('The message has no time to be sent at.');
  const body = encodeMessage({
    id,
    task: task.name,
    payload,
    enqueuedAt: new Date(),
    notBefore: at,
    ...(Object.keys(trace).length > 0 && { trace }),
  });
  // The target made for SQS knows no deduplication id, and no group of a standard queue.
  const target = queue.fifo || options.groupId !== undefined ? 'sendMessage' : 'queue';
  const input = keepText(
    target === 'queue'
      ? body
      : JSON.stringify({
          QueueUrl: queue.url,
          MessageBody: body,
          MessageGroupId: options.groupId,
          ...(queue.fifo && { MessageDeduplicationId: options.dedupeId ?? id }),
        }),
  );
  const bytes = Buffer.byteLength(input);
  if (bytes > MAX_INPUT_BYTES) {
    throw new MessageTooLarge(task.name, bytes, MAX_INPUT_BYTES, 'EventBridge Scheduler');
  }
  return { at, input, target };
}

/** Scheduler would put its own values in the place of `<aws.scheduler.scheduled-time>` and the like. */
function keepText(json: string): string {
  return json.replaceAll('<aws.scheduler.', '\\u003caws.scheduler.');
}
