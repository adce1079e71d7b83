import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import type { ListQueues } from '../queues/list-queues.ts';
import type { ListedQueue } from '../queues/queue-source.ts';
import { readAttributes } from '../queues/read-attributes.ts';
import type { Reading } from '../queues/resolve-redrive.ts';

/** The queues of one check, and what SQS said of each within 2 s. */
export interface QueueSample {
  queues: readonly (ListedQueue & { reading: Reading })[];
  /** All that there are. */
  total: number;
  /** Why Lambda did not list their workers. @default it did */
  workersError?: unknown;
}

/** @throws when the queues cannot be listed. */
export type TakeQueueSample = () => Promise<QueueSample>;

const SAMPLE_SIZE = 50;
const BOUND_MS = 2_000;
/** As long as an answer is good for. */
const TURN_MS = 10_000;

/** Reads up to 50 queues; where there are more, every 10 s the next 50. */
export function createQueueSample(
  list: ListQueues,
  clients: AwsClients,
  limits: ReadLimits,
): TakeQueueSample {
  return async () => {
    const deadline = performance.now() + BOUND_MS;
    const { queues: all, workersError } = await list(deadline);
    // By the time, so that checks of one kind take no turns from those of another.
    const turn = Math.floor(Date.now() / TURN_MS);
    const next = all.length > SAMPLE_SIZE ? (turn * SAMPLE_SIZE) % all.length : 0;
    const chosen = [...all.slice(next), ...all.slice(0, next)].slice(0, SAMPLE_SIZE);
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
    return { queues, total: all.length, ...(workersError !== undefined && { workersError }) };
  };
}
