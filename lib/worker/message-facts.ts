import type { Attributes } from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import type { InvalidMessage } from '../errors/invalid-message.ts';
import { UnknownTask } from '../errors/unknown-task.ts';
import {
  MESSAGE_GROUP_ID,
  QUEUE_NAME,
  TASK_ATTEMPT,
  TASK_ID,
  TASK_NAME,
  TASK_WAIT_MS,
} from '../instrumentation/attributes.ts';
import type { TaskImplementation } from '../task/implement-task.ts';
import {
  type DecodedMessage,
  decodeMessage,
  MESSAGE_VERSION,
  type WorkflowPlace,
} from '../task/task-message.ts';
import type { ImplementationRegistry } from '../task/task-registry.ts';
import type { WorkerQueue } from './queue-index.ts';

/** What is known of a record before anything is run. */
export interface MessageFacts {
  readonly record: SQSRecord;
  readonly queue: WorkerQueue;
  /** ApproximateReceiveCount. */
  readonly attempt: number;
  readonly id: string;
  /** As the message says it; `unknown` where the body cannot be decoded. */
  readonly taskName: string;
  readonly groupId?: string;
  /** First attempts only. */
  readonly waitMs?: number;
  /** The chain or group that it is part of. */
  readonly workflow?: WorkflowPlace;
  /** What can be run, or why nothing can. */
  readonly content: MessageContent;
}

export type MessageContent =
  | { kind: 'task'; message: DecodedMessage; implementation: TaskImplementation }
  | { kind: 'unknown'; error: UnknownTask }
  | { kind: 'invalid'; error: InvalidMessage };

/** Reads a record. Never throws, whatever is in it. */
export function readMessage(
  record: SQSRecord,
  queue: WorkerQueue,
  registry: ImplementationRegistry,
): MessageFacts {
  const attempt = Math.max(1, Number(record.attributes.ApproximateReceiveCount) || 1);
  const groupId = record.attributes.MessageGroupId;
  const { message, content } = readContent(record, registry);
  return {
    record,
    queue,
    attempt,
    id: message?.id ?? record.messageId,
    taskName: message?.task ?? 'unknown',
    ...(groupId !== undefined && { groupId }),
    ...(attempt === 1 && { waitMs: waitedMs(record, message) }),
    ...(message?.workflow && { workflow: message.workflow }),
    content,
  };
}

const MAX_NAME_LENGTH = 80;
const MAX_ID_LENGTH = 128;

/** Span and log attributes. */
export function describeMessage(facts: MessageFacts): Attributes {
  return {
    // Anybody may write a message: what it calls itself is cut to what ours can be.
    [TASK_ID]: facts.id.slice(0, MAX_ID_LENGTH),
    [TASK_NAME]: facts.taskName.slice(0, MAX_NAME_LENGTH),
    [TASK_ATTEMPT]: facts.attempt,
    ...(facts.waitMs !== undefined && { [TASK_WAIT_MS]: facts.waitMs }),
    ...(facts.groupId !== undefined &&
      isFifo(facts.queue) && { [MESSAGE_GROUP_ID]: facts.groupId }),
  };
}

/** Metric attributes: names that are not registered would be series without end. */
export function metricLabels({ content, queue }: MessageFacts): Attributes {
  const task = content.kind === 'task' ? content.implementation.task.name : 'unknown';
  return { [TASK_NAME]: task, [QUEUE_NAME]: queue.name };
}

export function isFifo({ sqsName }: WorkerQueue): boolean {
  return sqsName.endsWith('.fifo');
}

function readContent(
  record: SQSRecord,
  registry: ImplementationRegistry,
): { message?: DecodedMessage; content: MessageContent } {
  let message: DecodedMessage;
  try {
    message = decodeMessage(record.body, record.messageId);
  } catch (error) {
    return { content: { kind: 'invalid', error: error as InvalidMessage } };
  }
  const implementation = message.v > MESSAGE_VERSION ? undefined : registry.get(message.task);
  const content: MessageContent =
    implementation === undefined
      ? { kind: 'unknown', error: unknownTask(message) }
      : { kind: 'task', message, implementation };
  return { message, content };
}

function unknownTask({ v, task }: DecodedMessage): UnknownTask {
  return new UnknownTask(
    v > MESSAGE_VERSION
      ? `The message has version ${v}, and this worker reads up to ${MESSAGE_VERSION}. Deploy the worker.`
      : `No task "${task}" is implemented in this worker. Deploy the worker, or remove the message.`,
  );
}

/** From when the message could have been taken to now; a deliberate delay is no waiting. */
function waitedMs(record: SQSRecord, message: DecodedMessage | undefined): number {
  const now = Date.now();
  const sent = Number(record.attributes.SentTimestamp);
  const notBefore = message?.notBefore?.getTime() ?? 0;
  return Math.max(0, now - Math.max(sent > 0 ? sent : now, notBefore));
}
