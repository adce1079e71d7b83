import { setTimeout as delay } from 'node:timers/promises';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { SpanKind, trace } from '@opentelemetry/api';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { BATCH_MESSAGE_COUNT, messagingAttributes } from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { ProducerEnvironment } from './create-producer.ts';
import type { OutgoingMessage } from './enqueue-many.ts';
import type { RecordedMessage } from './queued-records.ts';

/** Calls for one batch, the first included. */
const MAX_TRIES = 4;
const MIN_DELAY_MS = 100;
const MAX_DELAY_MS = 2_000;

/**
 * One SendMessageBatch in a `send <queue>` span, with what SQS did not take sent again: a batch
 * answers 200 with failed entries, which the SDK does not retry. What is still left is put into
 * `failures`. Never rejects.
 */
export async function sendBatchWithRetry(
  batch: readonly OutgoingMessage[],
  { sender, listeners }: ProducerEnvironment,
  failures: Map<RecordedMessage, EnqueueFailed>,
): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  const { queue } = first.message;
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(`send ${queue.name}`, {
    kind: SpanKind.CLIENT,
    attributes: { ...messagingAttributes('send', queue), [BATCH_MESSAGE_COUNT]: batch.length },
    links: batch.map((each) => ({ context: each.span.spanContext() })),
  });
  let pending = batch;
  for (let attempt = 1; pending.length > 0; attempt += 1) {
    const current = pending;
    // What SQS does not confirm has failed: nothing is taken for sent without its word.
    const failed = new Map(current.map((message) => [message, unconfirmed(queue.sqsName)]));
    try {
      const inputs = current.map(({ input }) => input);
      const { Successful = [], Failed = [] } = await sender.sendBatch(inputs, queue);
      for (const entry of Failed) {
        const message = current[Number(entry.Id)];
        if (message !== undefined) failed.set(message, entryError(entry, queue.sqsName));
      }
      for (const { Id, MessageId: messageId = '' } of Successful) {
        const sent = current[Number(Id)];
        if (sent === undefined) continue;
        failed.delete(sent);
        const { id, task } = sent.message;
        listeners.emit('afterEnqueue', { task: task.name, id, queue: queue.name, messageId });
      }
    } catch (error) {
      for (const message of current) failed.set(message, error as EnqueueFailed);
    }
    pending = [];
    for (const [message, error] of failed) {
      if (error.retryable && attempt < MAX_TRIES) pending = [...pending, message];
      else failures.set(message, error);
    }
    if (pending.length > 0) await delay(backoffMs(attempt));
  }
  const failure = batch.map((each) => failures.get(each)).find((each) => each !== undefined);
  if (failure !== undefined) recordFailure(span, failure);
  span.end();
}

function unconfirmed(sqsName: string): EnqueueFailed {
  return new EnqueueFailed(`SQS did not confirm the message for ${sqsName}.`, {
    cause: undefined,
    retryable: true,
  });
}

function entryError({ Code, Message, SenderFault }: BatchResultErrorEntry, sqsName: string) {
  return new EnqueueFailed(
    `SQS did not take the message for ${sqsName}: ${Code ?? 'unknown error'}${Message ? `, ${Message}` : ''}`,
    // Throttling counts as the sender's fault, and passes.
    { cause: Code, retryable: SenderFault !== true || /throttl/i.test(Code ?? '') },
  );
}

function backoffMs(attempt: number): number {
  return Math.random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
}
