import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from './aws-clients.ts';
import type { CallLimit } from './call-limit.ts';
import { type ListedQueue, type QueueSource, sqsNameOf } from './queue-source.ts';
import { readPatiently } from './read-patiently.ts';

/**
 * The queues there are. Where SQS does not list them any more, those that were found last.
 *
 * @throws when SQS does not list them and none were found before.
 */
export type QueueList = () => Promise<readonly ListedQueue[]>;

export interface QueueListParts {
  source: QueueSource;
  clients: AwsClients;
  limit: CallLimit;
  /** Told what could not be listed while there is something to go on with. */
  onProblem: (message: string, error: unknown) => void;
}

/** Queues and workers come with a deploy: what was found is good for so long. */
const CACHE_MS = 5 * 60_000;

export function createQueueList(parts: QueueListParts): QueueList {
  const { source, onProblem } = parts;
  if ('queues' in source) {
    const queues = Object.entries(source.queues).map(([name, queue]) => ({
      ...queue,
      name,
      sqsName: sqsNameOf(queue.url),
    }));
    return async () => queues;
  }
  let known: readonly ListedQueue[] | undefined;
  let knownAt = 0;
  let finding: Promise<readonly ListedQueue[]> | undefined;
  const find = async () => {
    try {
      known = await findQueues(source.prefix, parts);
      knownAt = Date.now();
      return known;
    } catch (error) {
      if (known === undefined) throw error;
      onProblem('queues could not be listed', error);
      return known;
    } finally {
      finding = undefined;
    }
  };
  return async () => {
    if (known !== undefined && Date.now() - knownAt < CACHE_MS) return known;
    finding ??= find();
    return finding;
  };
}

async function findQueues(prefix: string, parts: QueueListParts): Promise<ListedQueue[]> {
  const { clients, limit, onProblem } = parts;
  const [urls, workers] = await Promise.all([
    listUrls(prefix, clients, limit),
    import('./list-workers.ts')
      .then(({ listWorkers }) => listWorkers(clients, limit))
      .catch((error: unknown) => {
        // Depth is worth more than who works on it.
        onProblem('workers could not be listed', error);
        return undefined;
      }),
  ]);
  const names = new Set(urls.map((url) => sqsNameOf(url).slice(prefix.length)));
  return urls.map((url) => {
    const sqsName = sqsNameOf(url);
    const name = logicalName(sqsName.slice(prefix.length), names);
    return { name, sqsName, url, ...workers?.get(sqsName) };
  });
}

/** As `QUEUES` names a FIFO queue, unless a standard queue has that name too. */
function logicalName(name: string, others: ReadonlySet<string>): string {
  const plain = name.replace(/\.fifo$/, '');
  return others.has(plain) ? name : plain;
}

async function listUrls(prefix: string, { sqs }: AwsClients, limit: CallLimit): Promise<string[]> {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListQueuesCommand({
      QueueNamePrefix: prefix,
      MaxResults: 1_000,
      ...(NextToken && { NextToken }),
    });
    const page = await readPatiently((abortSignal) => sqs.send(command, { abortSignal }), {
      limit,
    });
    urls.push(...(page.QueueUrls ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return urls;
}
