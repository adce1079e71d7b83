import type { Message } from '@aws-sdk/client-sqs';
import { decodeMessage } from '../../lib/task/task-message.ts';
import { findTraceId } from './find-trace-id.ts';

/** A message of a dead-letter queue, as it is shown: without its payload, unless that was asked for. */
export interface DeadLetter {
  /** SQS's own id, by which it can be redriven, too. */
  messageId: string;
  /** Of the task. @default the SQS message id, where the body has none */
  id: string;
  /** @default the body is no task message */
  task?: string;
  /** Why it died, in a line, for people. */
  reason: string;
  /** What the task threw last. @default nobody wrote it down: SQS moved it, or somebody sent it here */
  error?: { type: string; message?: string };
  /** Whether a redrive policy moved it: its process died every time. */
  movedBySqs: boolean;
  /** Deliveries until then. */
  attempts?: number;
  failedAt?: Date;
  /** When it came to this queue; of one that SQS moved, when it was first sent. */
  sentAt?: Date;
  enqueuedAt?: Date;
  traceId?: string;
  /** Only where asked for. */
  payload?: unknown;
  /** In the payload's place, where the body is no task message. */
  body?: string;
}

export interface DeadLetterOptions {
  /** @default false */
  payload?: boolean;
  /** maxReceiveCount of the source queue. @default as many as SQS counts on the message */
  maxReceiveCount?: number;
}

/** Never throws, whatever the message holds: it is dead for a reason. */
export function readDeadLetter(message: Message, options: DeadLetterOptions = {}): DeadLetter {
  const { MessageId: messageId = '', Body: body = '', Attributes: system = {} } = message;
  const decoded = decode(body, messageId);
  const cause = readCause(message, options.maxReceiveCount);
  const traceId = findTraceId(message);
  const sentAt = toDate(Number(system.SentTimestamp));
  return {
    messageId,
    id: decoded?.id ?? messageId,
    ...(decoded && { task: decoded.task }),
    ...cause,
    ...(sentAt && { sentAt }),
    ...(decoded?.enqueuedAt && { enqueuedAt: decoded.enqueuedAt }),
    ...(traceId !== undefined && { traceId }),
    ...(options.payload && (decoded ? { payload: decoded.payload } : { body })),
  };
}

type Cause = Pick<DeadLetter, 'reason' | 'error' | 'movedBySqs' | 'attempts' | 'failedAt'>;

function readCause({ Attributes: system = {}, MessageAttributes = {} }: Message, max = 0): Cause {
  const text = (name: string) => MessageAttributes[`leadline.${name}`]?.StringValue;
  // Only a redrive policy leaves its source. What the attributes say then is of an earlier death.
  if (system.DeadLetterQueueSourceArn !== undefined) {
    // SQS counts on over all queues: this receive, and every look at it before.
    const receives = max > 0 ? max : Math.max(1, Number(system.ApproximateReceiveCount) - 1);
    const plural = receives === 1 ? '' : 's';
    const reason = `moved by SQS after ${receives} receive${plural}`;
    return { reason, movedBySqs: true, attempts: receives };
  }
  const type = text('error.type');
  const message = text('error.message');
  const attempts = Number(text('attempts'));
  const failedAt = toDate(Date.parse(text('failed_at') ?? ''));
  return {
    reason: type === undefined ? 'nothing says why' : [type, message].filter(Boolean).join(': '),
    movedBySqs: false,
    ...(type !== undefined && { error: { type, ...(message !== undefined && { message }) } }),
    ...(attempts > 0 && { attempts }),
    ...(failedAt && { failedAt }),
  };
}

function decode(body: string, messageId: string) {
  try {
    return decodeMessage(body, messageId);
  } catch {
    return undefined;
  }
}

function toDate(time: number): Date | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}
