import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { EventSourceMappingDescription } from '../stack-description.ts';
import { readBatchResponse } from './batch-response.ts';
import type { Batch } from './collect-batch.ts';
import { deleteRecords } from './delete-records.ts';
import { pause } from './pause.ts';
import type { SqsRecord } from './sqs-record.ts';

/** Invokes a function synchronously, as Lambda's Invoke. */
export type Invoke = (
  functionName: string,
  eventJson: string,
) => Promise<{ payload: string; functionError?: string }>;

export interface DeliveryTarget {
  mapping: EventSourceMappingDescription;
  client: SQSClient;
  queueUrl: string;
  invoke: Invoke;
  warn: (message: string) => void;
}

/**
 * Invokes the function and deletes what it has done. What failed is left alone: its visibility
 * timeout runs on, or the one that the function itself has set.
 */
export async function deliverBatch(
  batch: Batch,
  target: DeliveryTarget,
  signal: AbortSignal,
): Promise<void> {
  const answer = await invokeWhileVisible(batch, target, signal);
  if (answer === undefined || answer.functionError !== undefined || signal.aborted) return;
  const succeeded = succeededRecords(batch.records, answer.payload, target);
  const left = await deleteRecords(target.client, target.queueUrl, succeeded, signal);
  if (left > 0 && !signal.aborted) {
    target.warn(`${left} messages of ${target.mapping.queueName} could not be deleted`);
  }
}

function succeededRecords(
  records: readonly SqsRecord[],
  payload: string,
  { mapping, warn }: DeliveryTarget,
): readonly SqsRecord[] {
  if (mapping.reportBatchItemFailures !== true) return records;
  const verdict = readBatchResponse(payload, new Set(records.map((record) => record.messageId)));
  if (verdict.failed === 'none') return records;
  if (verdict.failed === 'all') {
    warn(`The batch of ${mapping.functionName} counts as failed: ${verdict.reason}`);
    return [];
  }
  const { failed } = verdict;
  return records.filter((record) => !failed.has(record.messageId));
}

/** How long a batch may have waited before it is asked whether its messages are still its own. */
const freshMilliseconds = 900;

/** A throttled batch is tried again until its messages become visible to the next receive. */
async function invokeWhileVisible(
  batch: Batch,
  target: DeliveryTarget,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<Invoke>> | undefined> {
  const { mapping, invoke, warn } = target;
  const eventJson = JSON.stringify({ Records: batch.records });
  let visibleAt: number | undefined;
  let delay = 50;
  while (!signal.aborted) {
    if (performance.now() > batch.receivedAt + freshMilliseconds) {
      visibleAt ??= batch.receivedAt + (await visibilityMilliseconds(target));
      if (performance.now() + delay >= visibleAt) {
        warn(`A batch waited too long for ${mapping.functionName} and is back in its queue`);
        return undefined;
      }
    }
    try {
      return await invoke(mapping.functionName, eventJson);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'TooManyRequestsException') {
        warn(`${mapping.functionName} could not be invoked: ${String(error)}`);
        return undefined;
      }
    }
    await pause(delay, signal);
    delay = Math.min(delay * 2, 2000);
  }
  return undefined;
}

async function visibilityMilliseconds({ client, queueUrl }: DeliveryTarget): Promise<number> {
  const fallbackSeconds = 30;
  const seconds = await client
    .send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['VisibilityTimeout'] }),
    )
    .then(({ Attributes }) => Number(Attributes?.VisibilityTimeout ?? fallbackSeconds))
    .catch(() => fallbackSeconds);
  return seconds * 1000;
}
