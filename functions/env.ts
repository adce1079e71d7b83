import { InvalidSetting } from '../lib/index.ts';

/** One queue of `QUEUES`. */
export interface QueueSetting {
  url: string;
  dlqUrl?: string;
  /** Of the event source mapping of a FIFO queue. */
  batchSize?: number;
}

const EXAMPLE = 'give e.g. {"default":{"url":"https://sqs..."}}.';

/**
 * The queues of this function, by logical name. The only place in functions/ that reads the
 * environment; a bad value stops the function before it takes its first event.
 *
 * @throws InvalidSetting that names the variable, the value and what to do.
 */
export function readQueues(env: NodeJS.ProcessEnv = process.env): Record<string, QueueSetting> {
  const value = env['QUEUES'];
  if (!value) {
    throw new InvalidSetting('QUEUES', `is not set; ${EXAMPLE}`);
  }
  const queues = parse(value);
  if (Object.keys(queues).length === 0) {
    throw new InvalidSetting('QUEUES', `names no queue; ${EXAMPLE}`);
  }
  for (const [name, queue] of Object.entries(queues)) {
    checkUrl(`${name}.url`, queue?.url);
    if (queue?.dlqUrl !== undefined) checkUrl(`${name}.dlqUrl`, queue.dlqUrl);
    checkBatchSize(`${name}.batchSize`, queue?.batchSize);
  }
  return queues;
}

function parse(value: string): Record<string, QueueSetting> {
  let queues: unknown;
  try {
    queues = JSON.parse(value);
  } catch {
    throw new InvalidSetting('QUEUES', `is not JSON (${value.slice(0, 80)}); ${EXAMPLE}`);
  }
  if (typeof queues !== 'object' || queues === null || Array.isArray(queues)) {
    throw new InvalidSetting('QUEUES', `is not a JSON object of queues by name; ${EXAMPLE}`);
  }
  return queues as Record<string, QueueSetting>;
}

function checkUrl(key: string, url: unknown): void {
  if (typeof url !== 'string' || !URL.canParse(url)) {
    throw new InvalidSetting('QUEUES', `${key} is ${JSON.stringify(url)}; give the queue's URL.`);
  }
}

function checkBatchSize(key: string, size: unknown): void {
  if (size !== undefined && !(Number.isInteger(size) && (size as number) >= 1)) {
    throw new InvalidSetting('QUEUES', `${key} is ${JSON.stringify(size)}; give a whole number.`);
  }
}
