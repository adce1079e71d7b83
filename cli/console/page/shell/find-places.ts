import { hrefOf } from './route.ts';

export interface Place {
  kind: 'task' | 'queue' | 'run' | 'page';
  name: string;
  href: string;
}

const MOST = 8;
/** A task id is a UUID; a message without one has SQS's, which is a UUID as well. */
const ID = /^[0-9a-f]{8}-[0-9a-f-]{4,}$/i;

/** What the words may mean, the likeliest first. */
export function findPlaces(
  words: string,
  known: { tasks: readonly string[]; queues: readonly string[] },
): Place[] {
  const sought = words.trim().toLowerCase();
  if (sought === '') return [];
  const places: Place[] = [
    ...known.tasks.map(
      (task): Place => ({
        kind: 'task',
        name: task,
        href: hrefOf({ page: 'task', task }),
      }),
    ),
    ...known.queues.map(
      (queue): Place => ({
        kind: 'queue',
        name: queue,
        href: hrefOf({ page: 'runs', filter: { queue } }),
      }),
    ),
    ...PAGES,
  ];
  const found = places
    .filter(({ name }) => name.toLowerCase().includes(sought))
    .sort((a, b) => rank(a, sought) - rank(b, sought));
  if (ID.test(sought)) {
    found.unshift({ kind: 'run', name: sought, href: hrefOf({ page: 'run', id: sought }) });
  }
  return found.slice(0, MOST);
}

const PAGES: readonly Place[] = [
  { kind: 'page', name: 'Overview', href: hrefOf({ page: 'overview' }) },
  { kind: 'page', name: 'Tasks', href: hrefOf({ page: 'tasks' }) },
  { kind: 'page', name: 'Runs', href: hrefOf({ page: 'runs', filter: {} }) },
  { kind: 'page', name: 'Dead letters', href: hrefOf({ page: 'dead-letters' }) },
  { kind: 'page', name: 'Enqueue', href: hrefOf({ page: 'enqueue' }) },
];

function rank({ name }: Place, sought: string): number {
  return name.toLowerCase().indexOf(sought);
}
