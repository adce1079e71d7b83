import type { RunSummary } from '../../cli/console/console-api.ts';
import type { Route } from './fake-console.ts';
import * as fixtures from './fixtures.ts';

/** Every page with something in it, as it may look on a busy day. */
export function richRoutes(at: number): Record<string, Route> {
  const runs = fixtures.runs(10_000, at);
  return {
    'GET overview': () => fixtures.overview(at),
    'GET tasks': () => ({ at, tasks: tasks() }),
    'GET runs': ({ query }) => pageOf(runs.filter(hasTask(query.get('task'))), query),
    'GET runs/{}': ({ parts: [id = ''] }) => fixtures.flakyRun(at - 20_000, { id, task: PAYMENT }),
    'GET dead-letters/{}': ({ parts: [queue = ''] }) => ({
      queue,
      dlq: `local-${queue}-dlq`,
      total: 3,
      letters: [0, 1, 2].map((index) => fixtures.deadLetter(index, at)),
      more: false,
    }),
    'GET contracts': () => ({ contracts: fixtures.contracts }),
  };
}

const PAYMENT = 'process_payment';

function tasks() {
  const none = Array<number>(60).fill(0);
  const { duration: _, wait: __, ...unused } = fixtures.taskRow('send_invoice');
  return [
    fixtures.taskRow('process_order', { failed: 0, retried: 0, dead: 0, failedSparkline: none }),
    fixtures.taskRow(PAYMENT),
    {
      ...unused,
      started: 0,
      completed: 0,
      failed: 0,
      retried: 0,
      dead: 0,
      sparkline: none,
      failedSparkline: none,
    },
  ];
}

function hasTask(task: string | null) {
  return (run: RunSummary) => task === null || run.task === task;
}

/** As the server gives runs: 200 at most, and where to go on. */
export function pageOf<T>(all: T[], query: URLSearchParams): { runs: T[]; next?: string } {
  const from = Number(query.get('before') ?? 0);
  const to = from + Number(query.get('limit') ?? 50);
  return { runs: all.slice(from, to), ...(to < all.length && { next: String(to) }) };
}
