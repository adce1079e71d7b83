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
  const readings = new Map<string, Reading>();
  const readAll = (urls: readonly string[]) =>
    Promise.all(
      // Queues may share a dead-letter queue.
      [...new Set(urls)].map(async (url) => {
        try {
          readings.set(url, { attributes: await readAttributes(url, clients, patience) });
        } catch (error) {
          readings.set(url, { error });
        }
      }),
    );
  await readAll(queues.flatMap(({ url, dlqUrl }) => (dlqUrl ? [url, dlqUrl] : [url])));
  const resolved = resolveRedrive(queues, readings);
  const elsewhere = resolved.flatMap(({ dlqUrl }) =>
    dlqUrl === undefined || readings.has(dlqUrl) ? [] : [dlqUrl],
  );
  if (elsewhere.length === 0) return resolved;
  // Dead-letter queues that do not have the prefix.
  await readAll(elsewhere);
  return resolveRedrive(queues, readings);
}
