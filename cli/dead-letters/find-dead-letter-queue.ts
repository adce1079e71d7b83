import { sqsNameOf } from '../../lib/queues/queue-source.ts';
import type { QueueReading } from '../../lib/queues/resolve-redrive.ts';
import { UsageError } from '../usage-error.ts';

export interface DeadLetterQueue {
  url: string;
  sqsName: string;
  /** The queues whose dead letters it gets. */
  sources: readonly QueueReading[];
}

/**
 * The dead-letter queue of a queue, or the one of that name.
 *
 * @param readings of all queues of the stage, as `readQueues` has them.
 * @param name logical or SQS's, of the queue or of its dead-letter queue.
 * @throws UsageError where there is no such queue, or it has none; Error where it could not be read.
 */
export function findDeadLetterQueue(
  readings: readonly QueueReading[],
  name: string,
): DeadLetterQueue {
  const isDlq = ({ dlqUrl, name: queue, sqsName }: QueueReading) => {
    if (dlqUrl === undefined) return false;
    const prefix = sqsName.slice(0, Math.max(0, sqsName.lastIndexOf(queue)));
    return [name, `${prefix}${name}`, `${prefix}${name}.fifo`].includes(sqsNameOf(dlqUrl));
  };
  const asked = byName(readings, name) ?? readings.find(isDlq) ?? findQueue(readings, name);
  const { dlqUrl: url, own } = asked;
  if (url !== undefined) {
    const sources = readings.filter(({ dlqUrl }) => dlqUrl === url);
    return { url, sqsName: sqsNameOf(url), sources };
  }
  if ('error' in own) throw own.error;
  throw new UsageError(
    `The queue "${name}" has no dead-letter queue: it has no redrive policy. "leadline doctor" says more.`,
  );
}

/**
 * @param name logical, or else SQS's.
 * @throws UsageError with the queues that there are.
 */
export function findQueue(readings: readonly QueueReading[], name: string): QueueReading {
  const found = byName(readings, name);
  if (found !== undefined) return found;
  const known = readings.map((each) => each.name).join(', ') || 'none';
  throw new UsageError(`There is no queue "${name}". There are: ${known}.`);
}

function byName(readings: readonly QueueReading[], name: string): QueueReading | undefined {
  return (
    readings.find((each) => each.name === name) ?? readings.find((each) => each.sqsName === name)
  );
}

/**
 * Where its dead letters go back to.
 *
 * @param to logical or SQS name. @default its only source
 * @throws UsageError where it has to be said, or is none of its sources.
 */
export function chooseDestination(
  { sqsName, sources }: DeadLetterQueue,
  to: string | undefined,
): QueueReading {
  const names = sources.map(({ name }) => name).join(', ');
  if (to !== undefined) {
    const chosen = byName(sources, to);
    if (chosen !== undefined) return chosen;
    throw new UsageError(`${sqsName} has no dead letters of "${to}"; it has those of ${names}.`);
  }
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return only;
  throw new UsageError(
    `${sqsName} has the dead letters of several queues: ${names}. Say which they go back to: --to QUEUE.`,
  );
}
