import type { ConsoleTopic, RunQuery, RunState } from '../console-api.ts';
import { badRequest } from './console-refusal.ts';

const STATES: ReadonlySet<string> = new Set([
  'queued',
  'running',
  'retrying',
  'completed',
  'dead',
  'revoked',
  'expired',
] satisfies RunState[]);
const TOPICS: ReadonlySet<string> = new Set(['overview', 'tasks', 'runs'] satisfies ConsoleTopic[]);
const MAX_LIMIT = 200;

/** @throws ConsoleRefusal for a value that cannot be used. */
export function readRunQuery(parameters: URLSearchParams): RunQuery {
  const get = (name: string) => parameters.get(name) || undefined;
  const [task, queue, state, limit, before] = [
    get('task'),
    get('queue'),
    get('state'),
    get('limit'),
    get('before'),
  ];
  if (state !== undefined && !STATES.has(state)) {
    throw badRequest(`state is ${quote(state)}; use one of ${[...STATES].join(', ')}.`);
  }
  const count = limit === undefined ? undefined : Number(limit);
  if (count !== undefined && !(Number.isInteger(count) && count >= 1 && count <= MAX_LIMIT)) {
    throw badRequest(`limit is ${quote(limit)}; use a whole number from 1 to ${MAX_LIMIT}.`);
  }
  return {
    ...(task !== undefined && { task }),
    ...(queue !== undefined && { queue }),
    ...(state !== undefined && { state: state as RunState }),
    ...(count !== undefined && { limit: count }),
    ...(before !== undefined && { before }),
  };
}

/** @throws ConsoleRefusal for a topic that there is not. */
export function readTopics(parameters: URLSearchParams): ReadonlySet<ConsoleTopic> {
  const named = parameters.get('topics')?.split(',') ?? [...TOPICS];
  const unknown = named.find((each) => !TOPICS.has(each));
  if (unknown === undefined) return new Set(named as ConsoleTopic[]);
  throw badRequest(`topics has ${quote(unknown)}; use ${[...TOPICS].join(', ')}.`);
}

function quote(value: string | undefined): string {
  return JSON.stringify(value?.slice(0, 80));
}
