import { toError } from '../instrumentation/error-type.ts';
import { clampDelaySeconds } from '../task/retry-delay.ts';
import type { MessageResult } from './process-message.ts';
import type { WorkerEnvironment } from './worker-environment.ts';

/** SQS's limit for one batch call. */
const BATCH_SIZE = 10;

/**
 * Sets when the failed messages are delivered again; Lambda leaves the visibility of a failed item
 * as it is. Where SQS does not take a change, the queue's visibility timeout applies.
 */
export async function changeVisibilities(
  results: readonly MessageResult[],
  { sqs, log, deadline, receivedAt }: WorkerEnvironment,
): Promise<void> {
  const byQueue = new Map<string, { receiptHandle: string; seconds: number }[]>();
  const now = Date.now();
  const secondsSinceReceive = (now - receivedAt) / 1000;
  for (const { record, queue, visibilitySeconds, decidedAt } of results) {
    if (visibilitySeconds === undefined || queue.url === undefined) continue;
    const changes = byQueue.get(queue.url) ?? [];
    byQueue.set(queue.url, changes);
    // Siblings may have run on for minutes since: that is part of the delay.
    const left = Math.max(0, visibilitySeconds - (now - decidedAt) / 1000);
    const seconds = clampDelaySeconds(left, secondsSinceReceive);
    changes.push({ receiptHandle: record.receiptHandle, seconds });
  }
  const calls = [...byQueue].flatMap(([queueUrl, changes]) =>
    inBatches(changes).map(async (batch) => {
      try {
        const { changeVisibility } = await sqs();
        const refused = await changeVisibility(queueUrl, batch, deadline.boundCall());
        if (refused.length > 0)
          throw new Error(`SQS refused ${refused.length} of ${batch.length}.`);
      } catch (error) {
        log.warn('the delay of a retry could not be set; the visibility timeout applies', {
          'error.message': toError(error).message,
        });
      }
    }),
  );
  await Promise.all(calls);
}

function inBatches<T>(items: readonly T[]): T[][] {
  const batches: T[][] = [];
  for (let start = 0; start < items.length; start += BATCH_SIZE) {
    batches.push(items.slice(start, start + BATCH_SIZE));
  }
  return batches;
}
