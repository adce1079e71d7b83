import { setTimeout as delay } from 'node:timers/promises';
import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { SpanKind, trace } from '@opentelemetry/api';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { BATCH_MESSAGE_COUNT, messagingAttributes } from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { ProducerEnvironment } from './create-producer.ts';
import type { OutgoingMessage } from './enqueue-many.ts';

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
  failures: Map<OutgoingMessage, EnqueueFailed>,
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
    const failed = new Map<OutgoingMessage, EnqueueFailed>();
    try {
      const inputs = current.map(({ input }) => input);
      const { Successful = [], Failed = [] } = await sender.sendBatch(inputs, queue);
      for (const entry of Failed) {
        const message = current[Number(entry.Id)];
        if (message !== undefined) failed.set(message, entryError(entry, queue.sqsName));
      }
      for (const { Id, MessageId: messageId = '' } of Successful) {
        const message = current[Number(Id)]?.message;
        if (message === undefined) continue;
        const { id, task } = message;
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

function entryError({ Code, Message, SenderFault }: BatchResultErrorEntry, sqsName: string) {
  return new EnqueueFailed(
    `SQS did not take the message for ${sqsName}: ${Code ?? 'unknown error'}${Message ? `, ${Message}` : ''}`,
    { cause: Code, retryable: SenderFault !== true },
  );
}

function backoffMs(attempt: number): number {
  return Math.random() * Math.min(MAX_DELAY_MS, MIN_DELAY_MS * 2 ** attempt);
}
