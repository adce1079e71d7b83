import { validatePayload } from '../../lib/task/validate-payload.ts';
import type {
  ConsoleSettings,
  ContractList,
  EnqueueAnswer,
  Overview,
  PurgeAnswer,
  RedriveAnswer,
  TaskList,
} from './console-api.ts';
import type { ConsoleSource } from './console-source.ts';
import { describeContract } from './contracts/describe-contract.ts';
import type { DeadLetterDesk } from './dead-letter-desk.ts';
import { badRequest, ConsoleRefusal, notFound } from './http/console-refusal.ts';
import { readRunQuery } from './http/read-query.ts';
import type { QueueMonitor } from './queues/queue-monitor.ts';
import type { RunIndex } from './runs/run-index.ts';
import { idleRow } from './runs/task-statistics.ts';

export interface RouteParts {
  source: ConsoleSource;
  index: RunIndex;
  monitor: QueueMonitor;
  desk: DeadLetterDesk;
  version: string;
  maxRuns: number;
}

export interface ApiRequest {
  /** Below `/console/api/`, decoded. */
  segments: readonly string[];
  query: URLSearchParams;
  /** Of a POST. */
  body: Record<string, unknown>;
}

export type ApiRoute = (request: ApiRequest) => unknown;

/** Every answer that is JSON, by method and path. */
export function createRoutes(parts: RouteParts): Readonly<Record<string, ApiRoute>> {
  const { source, index, desk } = parts;
  return {
    'GET settings': () => readSettings(parts),
    'GET overview': () => readOverview(parts),
    'GET tasks': () => listTasks(parts),
    'GET runs': ({ query }) => index.list(readRunQuery(query)),
    'GET runs/*': ({ segments: [, id = ''] }) => {
      const found = index.detail(id);
      if (found !== undefined) return found;
      throw notFound(
        source.feed
          ? 'There is no such run, or it is dropped by now: the newest ones are kept.'
          : 'Runs are not known here: telemetry is in OneUptime.',
      );
    },
    'GET dead-letters/*': ({ segments: [, queue = ''], query }) =>
      desk.list(queue, query.get('payload') || undefined),
    'POST dead-letters/*/redrive': ({ segments: [, queue = ''], body }): Promise<RedriveAnswer> =>
      desk.redrive(queue, readIds(body['ids'])),
    'POST dead-letters/*/purge': ({ segments: [, queue = ''], body }): Promise<PurgeAnswer> => {
      if (body['confirm'] === queue) return desk.purge(queue);
      throw badRequest('confirm has to be the name of the queue. Nothing was purged.');
    },
    'GET contracts': () => readContracts(source),
    'POST enqueue': ({ body }) => enqueue(body, parts),
  };
}

async function readSettings({ source, ...parts }: RouteParts): Promise<ConsoleSettings> {
  const { kind, title, feed, traceUrl, telemetryUrl, queues, queueNames } = source;
  const tasks = await source.tasks();
  const names = queueNames ?? ('queues' in queues ? Object.keys(queues.queues) : []);
  return {
    source: kind,
    title,
    telemetry: feed !== undefined,
    ...(traceUrl !== undefined && { traceUrl }),
    ...(telemetryUrl !== undefined && { telemetryUrl }),
    tasks: tasks.map(({ name }) => name).sort(),
    queues: [...names],
    version: parts.version,
    maxRuns: parts.maxRuns,
  };
}

/** Those that ran, and the others that the project has. */
async function listTasks({ source, index }: RouteParts): Promise<TaskList> {
  const at = Date.now();
  if (source.feed === undefined) return { at, tasks: [] };
  // Contracts that cannot be loaded hide nothing of what ran.
  const registered = await source.tasks().catch(() => []);
  const rows = index.tasks();
  const known = new Set(rows.map(({ task }) => task));
  const idle = registered
    .filter(({ name }) => !known.has(name))
    .map(({ name, queue }) => idleRow(name, queue, at));
  return { at, tasks: [...rows, ...idle] };
}

async function readOverview({ source, index, monitor }: RouteParts): Promise<Overview> {
  const { queues, error } = await monitor.cards();
  if (source.feed === undefined) return { at: Date.now(), queues, ...(error && { error }) };
  return {
    at: Date.now(),
    queues: queues.map((queue) => ({ ...queue, rates: index.queueRates(queue.name) })),
    rates: index.rates(),
    ...(error !== undefined && { error }),
  };
}

async function readContracts(source: ConsoleSource): Promise<ContractList> {
  const { projectDirectory, isFifo } = source;
  const contracts = await Promise.all(
    (await source.tasks()).map((task) =>
      describeContract(task, { projectDirectory, fifo: isFifo(task.queue) }),
    ),
  );
  return { contracts };
}

async function enqueue(
  { task: name, payload, groupId }: Record<string, unknown>,
  { source, index }: RouteParts,
): Promise<EnqueueAnswer> {
  const task = (await source.tasks()).find((each) => each.name === name);
  if (task === undefined) {
    throw notFound(`There is no task ${JSON.stringify(name)?.slice(0, 80)}.`);
  }
  if (groupId !== undefined && typeof groupId !== 'string') throw badRequest('groupId is no text.');
  // Here, so that every source answers with the same issues.
  await validatePayload(task, payload);
  const answer = await source.enqueue(task, payload, groupId);
  index.addQueued(answer);
  return answer;
}

const MAX_IDS = 500;

function readIds(ids: unknown): string[] | undefined {
  if (ids === undefined) return undefined;
  const isList = Array.isArray(ids) && ids.every((id) => typeof id === 'string' && id !== '');
  if (isList && ids.length > 0 && ids.length <= MAX_IDS) return ids;
  throw new ConsoleRefusal(400, 'bad_request', `ids is a list of 1 to ${MAX_IDS} message ids.`);
}
