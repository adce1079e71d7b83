import { setTimeout as delay } from 'node:timers/promises';
import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

const COUNTERS = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
const LOOK_AGAIN_MS = 250;

/** @returns the messages that are left on the queues: none, unless the signal fired first. */
export async function waitUntilEmpty(
  client: SQSClient,
  queueUrls: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  for (;;) {
    const counts = await Promise.all(queueUrls.map((url) => countMessages(client, url)));
    const left = counts.reduce((sum, count) => sum + count, 0);
    if (left === 0 || signal.aborted) return left;
    await delay(LOOK_AGAIN_MS, undefined, { signal }).catch(() => {});
  }
}

/** Those in flight and delayed included. */
async function countMessages(client: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNTERS] }),
  );
  return COUNTERS.reduce((sum, name) => sum + Number(Attributes[name]), 0);
}
