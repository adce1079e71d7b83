import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import type { QueueList } from '../queues/queue-list.ts';
import type { ListedQueue } from '../queues/queue-source.ts';
import { readAttributes } from '../queues/read-attributes.ts';
import type { Reading } from '../queues/resolve-redrive.ts';

/** The queues of one check, and what SQS said of each within 2 s. */
export interface QueueSample {
  queues: readonly (ListedQueue & { reading: Reading })[];
  /** All that there are. */
  total: number;
}

/** @throws when the queues cannot be listed. */
export type TakeQueueSample = () => Promise<QueueSample>;

const SAMPLE_SIZE = 50;
const BOUND_MS = 2_000;

/** Reads up to 50 queues; where there are more, the next 50 each time. */
export function createQueueSample(
  list: QueueList,
  clients: AwsClients,
  limits: ReadLimits,
): TakeQueueSample {
  let next = 0;
  return async () => {
    const deadline = performance.now() + BOUND_MS;
    const all = await list();
    const chosen = [...all.slice(next), ...all.slice(0, next)].slice(0, SAMPLE_SIZE);
    next = all.length > SAMPLE_SIZE ? (next + SAMPLE_SIZE) % all.length : 0;
    const patience = { limit: limits.sqs, attemptMs: BOUND_MS, deadline };
    const queues = await Promise.all(
      chosen.map(async (queue) => {
        const reading: Reading = await readAttributes(queue.url, clients, patience).then(
          (attributes) => ({ attributes }),
          (error: unknown) => ({ error }),
        );
        return { ...queue, reading };
      }),
    );
    return { queues, total: all.length };
  };
}
