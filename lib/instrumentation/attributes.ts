import type { Attributes } from '@opentelemetry/api';

/**
 * Attribute keys. The messaging and faas keys are OpenTelemetry's semantic conventions; where
 * version 1.45 renamed one, both names are sent until backends follow.
 */
export const TASK_NAME = 'task.name';
export const TASK_ID = 'task.id';
export const TASK_ATTEMPT = 'task.attempt';
export const TASK_OUTCOME = 'task.outcome';
export const TASK_WAIT_MS = 'task.wait_ms';
export const SCHEDULE_NAME = 'schedule.name';
export const QUEUE_NAME = 'queue.name';
export const ERROR_TYPE = 'error.type';
export const REQUEST_ID = 'request_id';
export const MESSAGE_GROUP_ID = 'aws.sqs.message_group_id';
export const BATCH_MESSAGE_COUNT = 'messaging.batch.message_count';

export type MessagingOperation = 'send' | 'create' | 'process';

/** The messaging keys of a span about one queue. */
export function messagingAttributes(
  operation: MessagingOperation,
  queue: { sqsName: string; url?: string | undefined },
  messageId?: string,
): Attributes {
  return {
    'messaging.system': 'aws_sqs',
    'messaging.system.name': 'aws.sqs',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': queue.sqsName,
    ...(queue.url !== undefined && { 'aws.sqs.queue.url': queue.url }),
    ...(messageId !== undefined && { 'messaging.message.id': messageId }),
  };
}
