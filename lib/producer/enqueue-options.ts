import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import type { Task } from '../task/define-task.ts';

/** Queue URLs by logical name. */
export type QueueUrls = Readonly<Record<string, { readonly url: string }>>;

export interface EnqueueOptions {
  /** The task id, where it has to be known before: 1 to 128 ASCII characters. @default a new UUID of version 7 */
  id?: string;
  /** Logical name of another queue than the task's own. */
  queue?: string;
  /** Keeps the message from its workers for this long: whole seconds, 0 to 900. @default the queue's own delay */
  delaySeconds?: number;
  /**
   * Keeps the message from its workers until then. Over, it is sent at once; up to 15 minutes ahead
   * on a standard queue, it is a delay to the second. Later, and on a FIFO queue, EventBridge
   * Scheduler sends it: `at` is rounded up to the next whole minute, and it sends within that one.
   * At most a year; not with `delaySeconds` or `attributes`.
   *
   * @default at once
   */
  at?: Date;
  /** The message group: FIFO order, or fair shares of a standard queue. */
  groupId?: string;
  /** FIFO only: equal ids within 5 minutes are one message. @default the task id */
  dedupeId?: string;
  /** The user's own message attributes, sent as String. SQS takes 10 in all, ours included. */
  attributes?: Readonly<Record<string, string>>;
}

/** A queue as a producer knows it. */
export interface ProducerQueue {
  /** Logical. */
  name: string;
  url: string;
  sqsName: string;
  fifo: boolean;
}

/** @throws InvalidEnqueueOptions when the queue is unknown or SQS would refuse an option. */
export function resolveQueue(
  task: Task,
  queues: QueueUrls,
  options: EnqueueOptions,
): ProducerQueue {
  const name = options.queue ?? task.queue;
  const url = Object.hasOwn(queues, name) ? queues[name]?.url : undefined;
  if (url === undefined) {
    throw new InvalidEnqueueOptions(
      `Task "${task.name}" goes to queue "${name}", and this producer knows ` +
        `${Object.keys(queues).join(', ') || 'no queue'}. Add it to QUEUES.`,
    );
  }
  const sqsName = url.slice(url.lastIndexOf('/') + 1);
  const queue = { name, url, sqsName, fifo: sqsName.endsWith('.fifo') };
  checkId(options);
  checkDelay(options, queue);
  checkGroup(options, queue);
  return queue;
}

function checkId({ id }: EnqueueOptions): void {
  if (id === undefined || GROUP_ID.test(id)) return;
  throw new InvalidEnqueueOptions(
    `id is ${JSON.stringify(id)}; give 1 to 128 letters, digits and ASCII punctuation.`,
  );
}

function checkDelay({ delaySeconds }: EnqueueOptions, { name, fifo }: ProducerQueue): void {
  if (delaySeconds === undefined) return;
  if (!(Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= 900)) {
    throw new InvalidEnqueueOptions(
      `delaySeconds is ${delaySeconds}; SQS delays by whole seconds from 0 to 900. For later ` +
        'than 15 minutes use at, which EventBridge Scheduler keeps.',
    );
  }
  if (fifo && delaySeconds > 0) {
    throw new InvalidEnqueueOptions(
      `delaySeconds: SQS does not delay single messages of a FIFO queue ("${name}").`,
    );
  }
}

/** Letters, digits and ASCII punctuation: the rule of MessageGroupId and MessageDeduplicationId. */
const GROUP_ID = /^[!-~]{1,128}$/;

function checkGroup({ groupId, dedupeId }: EnqueueOptions, { name, fifo }: ProducerQueue): void {
  for (const [key, value] of Object.entries({ groupId, dedupeId })) {
    if (value !== undefined && !GROUP_ID.test(value)) {
      throw new InvalidEnqueueOptions(
        `${key} is ${JSON.stringify(value)}; SQS takes 1 to 128 letters, digits and ASCII punctuation.`,
      );
    }
  }
  if (fifo && groupId === undefined) {
    throw new InvalidEnqueueOptions(`Queue "${name}" is FIFO: give a groupId.`);
  }
  if (!fifo && dedupeId !== undefined) {
    throw new InvalidEnqueueOptions(
      `dedupeId: queue "${name}" is not FIFO, and SQS would refuse it.`,
    );
  }
}
