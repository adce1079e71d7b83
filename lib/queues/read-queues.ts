import type { AwsClients } from './aws-clients.ts';
import type { ListedQueue } from './queue-source.ts';
import { readAttributes } from './read-attributes.ts';
import type { PatienceOptions } from './read-patiently.ts';
import { type QueueReading, type Reading, resolveRedrive } from './resolve-redrive.ts';

/** Reads all of these queues and their dead-letter queues side by side. Never rejects. */
export async function readQueues(
  queues: readonly ListedQueue[],
  clients: Pick<AwsClients, 'getQueueAttributes'>,
  patience: PatienceOptions,
): Promise<QueueReading[]> {
  // Queues may share a dead-letter queue.
  const urls = new Set(queues.flatMap(({ url, dlqUrl }) => (dlqUrl ? [url, dlqUrl] : [url])));
  const readings = new Map<string, Reading>();
  await Promise.all(
    [...urls].map(async (url) => {
      try {
        readings.set(url, { attributes: await readAttributes(url, clients, patience) });
      } catch (error) {
        readings.set(url, { error });
      }
    }),
  );
  return resolveRedrive(queues, readings);
}
