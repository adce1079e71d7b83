import { toError } from '../instrumentation/error-type.ts';
import { clampDelaySeconds } from '../task/retry-delay.ts';
import type { MessageResult } from './process-message.ts';
import type { VisibilityChange } from './sqs-calls.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** SQS's limit for one batch call. */
const BATCH_SIZE = 10;
/** Calls at a time: more would wait for connections and run into their bounds. */
const CONCURRENCY = 10;
const MAX_TRIES = 2;

/**
 * Sets when the failed messages are delivered again; Lambda leaves the visibility of a failed item
 * as it is. Where SQS does not take a change, the queue's visibility timeout applies.
 */
export async function changeVisibilities(
  results: readonly MessageResult[],
  { sqs, log, deadline, receivedAt }: WorkerEnvironment,
): Promise<void> {
  const byQueue = new Map<string, VisibilityChange[]>();
  const now = Date.now();
  for (const { record, queue, visibilitySeconds, decidedAt } of results) {
    if (visibilitySeconds === undefined || queue.url === undefined) continue;
    const changes = byQueue.get(queue.url) ?? [];
    byQueue.set(queue.url, changes);
    // Siblings may have run on for minutes since: that is part of the delay.
    const left = Math.max(0, visibilitySeconds - (now - decidedAt) / 1000);
    const seconds = clampDelaySeconds(left, (now - receivedSince(record, receivedAt)) / 1000);
    changes.push({ receiptHandle: record.receiptHandle, seconds });
  }
  const waiting = [...byQueue].flatMap(([queueUrl, changes]) =>
    inBatches(changes).map((batch) => ({ queueUrl, batch })),
  );
  const takeNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      let left = next.batch;
      for (let attempt = 1; left.length > 0 && attempt <= MAX_TRIES; attempt += 1) {
        left = await change(next.queueUrl, left);
      }
      if (left.length > 0) {
        log.warn('the delay of a retry could not be set; the visibility timeout applies', {
          'error.message': lastError,
          messages: left.length,
        });
      }
    }
  };
  let lastError = 'refused by SQS';
  /** @returns what SQS did not take. */
  const change = async (queueUrl: string, batch: VisibilityChange[]) => {
    try {
      const { changeVisibility } = await sqs();
      const refused = new Set(await changeVisibility(queueUrl, batch, deadline.boundCall()));
      return batch.filter(({ receiptHandle }) => refused.has(receiptHandle));
    } catch (error) {
      lastError = toError(error).message;
      return batch;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, takeNext));
}

/** SQS counts 12 hours from the receive, which a batching window may lie behind. */
function receivedSince({ attributes }: MessageResult['record'], receivedAt: number): number {
  if (attributes.ApproximateReceiveCount !== '1') return receivedAt;
  return Math.min(receivedAt, Number(attributes.ApproximateFirstReceiveTimestamp) || receivedAt);
}

function inBatches<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    batches.push(items.slice(start, start + BATCH_SIZE));
  }
  return batches;
}
