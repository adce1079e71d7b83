import { type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';

export interface ReceiveNewOptions {
  sqs: Pick<SQSClient, 'send'>;
  queueUrl: string;
  /** How many messages in all. */
  limit: number;
  visibilitySeconds: number;
  /** About how many there are, some seconds late: until so many have come, an empty answer is not believed at once. */
  expected: number;
  signal?: AbortSignal | undefined;
}

/** A long poll asks all of SQS's servers, a short one some of them. */
const LONG_POLL_SECONDS = 1;
/** Receives that bring nothing but what was there before: their visibility has ended. */
const MAX_STALE = 3;

/** By SQS message id, the newest receipt of each: what it is given back by. */
export type Receipts = Map<string, Pick<Message, 'MessageId' | 'ReceiptHandle'>>;

/**
 * Receives until nothing new comes, or the signal is aborted, and yields what was not there before.
 * Each is hidden from others until its visibility ends or it is given back: that is the caller's
 * to do, by `receipts`. Bodies may have 1 MiB, so none is kept here.
 */
export async function* receiveNew(
  options: ReceiveNewOptions,
  receipts: Receipts,
): AsyncGenerator<Message[]> {
  const { sqs, queueUrl, limit, visibilitySeconds, expected, signal } = options;
  let stale = 0;
  while (receipts.size < limit && stale < MAX_STALE && !signal?.aborted) {
    const command = new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(10, limit - receipts.size),
      VisibilityTimeout: visibilitySeconds,
      WaitTimeSeconds: receipts.size < Math.max(expected, 1) ? LONG_POLL_SECONDS : 0,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    });
    // Without the signal: what an answer brings that nobody reads stays hidden.
    const { Messages: received = [] } = await sqs.send(command);
    if (received.length === 0) return;
    const fresh = received.filter(({ MessageId = '' }) => !receipts.has(MessageId));
    for (const { MessageId = '', ReceiptHandle } of received) {
      receipts.set(MessageId, { MessageId, ReceiptHandle });
    }
    stale = fresh.length === 0 ? stale + 1 : 0;
    if (fresh.length > 0) yield fresh;
  }
}
