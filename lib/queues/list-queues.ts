import { ListQueuesCommand } from '@aws-sdk/client-sqs';
import type { AwsClients } from './aws-clients.ts';
import type { CallLimit } from './call-limit.ts';
import { type ListedQueue, type QueueSource, sqsNameOf } from './queue-source.ts';
import { type PatienceOptions, readPatiently } from './read-patiently.ts';
import { withinDeadline } from './within-deadline.ts';

/** The queues there are, and what is known of them no better than before. */
export interface QueueListing {
  queues: readonly ListedQueue[];
  /** Why Lambda did not list their workers. @default it did */
  workersError?: unknown;
}

/**
 * Lists the queues, and waits no longer than the deadline, by `performance.now()` (10 s). Where AWS does
 * not answer any more, what was found last.
 *
 * @throws when SQS does not list them and nothing was found before.
 */
export type ListQueues = (deadline?: number) => Promise<QueueListing>;

export interface QueueListParts {
  source: QueueSource;
  clients: AwsClients;
  limit: CallLimit;
  /** Told what could not be listed while there is something to go on with. */
  onProblem: (message: string, error: unknown) => void;
}

/** Queues and workers come with a deploy: what was found is good for so long. */
const CACHE_MS = 5 * 60_000;
/** What was not found is looked for again after so long. */
const RETRY_MS = 30_000;
const BOUND_MS = 10_000;
/** Of the time there is, what a listing may take when an older one is there to go on with. */
const REFRESH_SHARE = 0.25;

export function createListQueues(parts: QueueListParts): ListQueues {
  const { source, onProblem } = parts;
  if ('queues' in source) {
    const queues = Object.entries(source.queues).map(([name, queue]) => ({
      ...queue,
      name,
      sqsName: sqsNameOf(queue.url),
    }));
    return async () => ({ queues });
  }
  let known: QueueListing | undefined;
  let listAt = Number.NEGATIVE_INFINITY;
  let finding: Promise<QueueListing> | undefined;
  const find = async (deadline: number) => {
    try {
      known = await findQueues(source.prefix, parts, deadline, known);
      listAt = Date.now() + (known.workersError === undefined ? CACHE_MS : RETRY_MS);
      return known;
    } catch (error) {
      listAt = Date.now() + RETRY_MS;
      if (known === undefined) throw error;
      onProblem('queues could not be listed', error);
      return known;
    } finally {
      finding = undefined;
    }
  };
  return async (deadline = performance.now() + BOUND_MS) => {
    if (known !== undefined && Date.now() < listAt) return known;
    const now = performance.now();
    const share = known === undefined ? 1 : REFRESH_SHARE;
    finding ??= find(now + (deadline - now) * share);
    try {
      // Whoever asked first may have more time.
      return await withinDeadline(deadline, finding);
    } catch (error) {
      if (known !== undefined) return known;
      throw error;
    }
  };
}

async function findQueues(
  prefix: string,
  { clients, limit, onProblem }: QueueListParts,
  deadline: number,
  before: QueueListing | undefined,
): Promise<QueueListing> {
  const patience = { limit, deadline };
  const now = performance.now();
  const [urls, workers] = await Promise.all([
    listUrls(prefix, clients, patience),
    import('./list-workers.ts')
      // Depth is worth more than who works on it, and wants some of the time.
      .then(({ listWorkers }) =>
        listWorkers(clients, { limit, deadline: now + (deadline - now) / 2 }),
      )
      .catch((error: unknown) => ({ error })),
  ]);
  const names = new Set(urls.map((url) => sqsNameOf(url).slice(prefix.length)));
  const failed = 'error' in workers;
  if (failed) onProblem('workers could not be listed', workers.error);
  const workersBefore = new Map(
    before?.queues.map(({ sqsName, worker, mapping }) => [
      sqsName,
      { ...(worker && { worker }), ...(mapping && { mapping }) },
    ]),
  );
  const workerOf = (sqsName: string) => (failed ? workersBefore : workers).get(sqsName);
  const queues = urls.map((url) => {
    const sqsName = sqsNameOf(url);
    const name = logicalName(sqsName.slice(prefix.length), names);
    return { name, sqsName, url, ...workerOf(sqsName) };
  });
  return { queues, ...(failed && { workersError: workers.error }) };
}

/** As `QUEUES` names a FIFO queue, unless a standard queue has that name too. */
function logicalName(name: string, others: ReadonlySet<string>): string {
  const plain = name.replace(/\.fifo$/, '');
  return others.has(plain) ? name : plain;
}

async function listUrls(
  prefix: string,
  { sqs }: AwsClients,
  patience: PatienceOptions,
): Promise<string[]> {
  const urls: string[] = [];
  let NextToken: string | undefined;
  do {
    const command = new ListQueuesCommand({
      QueueNamePrefix: prefix,
      MaxResults: 1_000,
      ...(NextToken && { NextToken }),
    });
    const page = await readPatiently((abortSignal) => sqs.send(command, { abortSignal }), patience);
    urls.push(...(page.QueueUrls ?? []));
    ({ NextToken } = page);
  } while (NextToken);
  return urls;
}
