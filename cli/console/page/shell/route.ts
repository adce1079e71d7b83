import type { RunState } from '../../console-api.ts';

/** What the address shows. It is in the hash, so that the server has one page to serve. */
export type Route =
  | { page: 'overview' }
  | { page: 'tasks' }
  | { page: 'task'; task: string }
  | { page: 'runs'; filter: RunFilter }
  | { page: 'run'; id: string }
  | { page: 'dead-letters'; queue?: string }
  | { page: 'enqueue'; task?: string }
  | { page: 'not-found' };

export interface RunFilter {
  task?: string;
  queue?: string;
  state?: RunState;
}

/** Of the filter of runs. */
export const RUN_STATES: readonly RunState[] = [
  'queued',
  'running',
  'retrying',
  'completed',
  'dead',
  'revoked',
  'expired',
];

/** Never throws: what is not an address of ours is `not-found`. */
export function parseRoute(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#?\/?/, '').split('?', 2);
  const parts = path.split('/').filter((part) => part !== '');
  const decoded = parts.map(decode);
  if (decoded.length > 2 || decoded.includes(undefined)) return { page: 'not-found' };
  const [page, name] = decoded;
  if (page === undefined) return { page: 'overview' };
  if (page === 'tasks') return name === undefined ? { page } : { page: 'task', task: name };
  if (page === 'runs') {
    return name === undefined ? { page, filter: parseFilter(query) } : { page: 'run', id: name };
  }
  if (page === 'dead-letters') return name === undefined ? { page } : { page, queue: name };
  if (page === 'enqueue') return name === undefined ? { page } : { page, task: name };
  return { page: 'not-found' };
}

/** The inverse of `parseRoute`, for `href`. */
export function hrefOf(route: Exclude<Route, { page: 'not-found' }>): string {
  switch (route.page) {
    case 'overview':
      return '#/';
    case 'tasks':
      return '#/tasks';
    case 'task':
      return `#/tasks/${encodeURIComponent(route.task)}`;
    case 'runs': {
      const query = new URLSearchParams({ ...route.filter }).toString();
      return query === '' ? '#/runs' : `#/runs?${query}`;
    }
    case 'run':
      return `#/runs/${encodeURIComponent(route.id)}`;
    case 'dead-letters':
      return `#/dead-letters${below(route.queue)}`;
    case 'enqueue':
      return `#/enqueue${below(route.task)}`;
  }
}

function below(name: string | undefined): string {
  return name === undefined ? '' : `/${encodeURIComponent(name)}`;
}

function parseFilter(query: string): RunFilter {
  const parameters = new URLSearchParams(query);
  const task = parameters.get('task');
  const queue = parameters.get('queue');
  const state = RUN_STATES.find((each) => each === parameters.get('state'));
  return { ...(task && { task }), ...(queue && { queue }), ...(state && { state }) };
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
