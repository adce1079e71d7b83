import type { ListedQueue } from './queue-source.ts';
import type { QueueAttributes } from './read-attributes.ts';

/** What was read of one URL, or why it could not be read. */
export type Reading = { attributes: QueueAttributes } | { error: unknown };

/** One queue with what was read of it and of its dead-letter queue. */
export interface QueueReading extends ListedQueue {
  own: Reading;
  /** @default it has none, or nobody knows which */
  deadLetters?: Reading;
}

/**
 * Puts queues and dead-letter queues together: by `dlqUrl` where it is configured, else by the
 * redrive policies. A dead-letter queue is what another queue's RedrivePolicy names, or what is
 * `byQueue` itself: so it is known, and whose it is, when its source cannot be read.
 *
 * @param readings by URL
 */
export function resolveRedrive(
  queues: readonly ListedQueue[],
  readings: ReadonlyMap<string, Reading>,
): QueueReading[] {
  const readingOf = (url: string): Reading =>
    readings.get(url) ?? { error: new Error(`${url} was not read.`) };
  const attributesOf = (url: string) => {
    const reading = readingOf(url);
    return 'attributes' in reading ? reading.attributes : undefined;
  };
  const bySqsName = new Map(queues.map((queue) => [queue.sqsName, queue]));
  const deadLetterQueueOf = new Map<string, string>();
  const deadLetterQueues = new Set<string>();
  for (const { sqsName, url } of queues) {
    const { deadLetterQueue, deadLettersOf } = attributesOf(url) ?? {};
    if (deadLetterQueue !== undefined) {
      deadLetterQueueOf.set(sqsName, deadLetterQueue);
      deadLetterQueues.add(deadLetterQueue);
    }
    if (deadLettersOf !== undefined) deadLetterQueues.add(sqsName);
  }
  for (const { sqsName, url } of queues) {
    for (const source of attributesOf(url)?.deadLettersOf ?? []) {
      if (!deadLetterQueueOf.has(source)) deadLetterQueueOf.set(source, sqsName);
    }
  }
  return queues
    .filter(({ sqsName, dlqUrl }) => dlqUrl !== undefined || !deadLetterQueues.has(sqsName))
    .map((queue) => {
      const deadLetterQueue = deadLetterQueueOf.get(queue.sqsName);
      const found =
        deadLetterQueue &&
        (bySqsName.get(deadLetterQueue)?.url ?? siblingUrl(queue, deadLetterQueue));
      const dlqUrl = queue.dlqUrl ?? found;
      return {
        ...queue,
        own: readingOf(queue.url),
        ...(dlqUrl !== undefined && { dlqUrl, deadLetters: readingOf(dlqUrl) }),
      };
    });
}

/** SQS wants a dead-letter queue to be in the account and the region of its source. */
function siblingUrl({ url, sqsName }: ListedQueue, name: string): string {
  return url.slice(0, url.length - sqsName.length) + name;
}
