import { toFigureQueue } from '../../lib/queues/depth-points.ts';
import { INTERVAL_FIGURES, OLDEST_AGE } from '../../lib/queues/figures.ts';
import type { GaugeName } from '../../lib/queues/gauges.ts';
import { readFigures } from '../../lib/queues/read-figures.ts';
import type { QueueReading } from '../../lib/queues/resolve-redrive.ts';
import type { System } from '../system/open-system.ts';

/** The newest value of each figure that CloudWatch has of a queue, by the queue's logical name. */
export interface StageFigures {
  of(queue: string, gauge: GaugeName): number | undefined;
  error?: unknown;
}

const OF_WORKERS: readonly GaugeName[] = [
  'workers.active',
  'worker.invocations',
  'worker.errors',
  'worker.throttles',
];

/** CloudWatch's minutes come minutes late; those of a local stack at once. */
const PERIODS = { aws: { periodMs: 60_000, count: 10 }, local: { periodMs: 10_000, count: 6 } };

/**
 * Asks CloudWatch, which is paid by the figure: `backlog` for the age and the active instances of
 * queues that have messages, `workers` for all that it has of workers.
 */
export async function readStageFigures(
  { clients, limits, local }: System,
  queues: readonly QueueReading[],
  which: 'backlog' | 'workers',
): Promise<StageFigures> {
  const { periodMs, count } = local === undefined ? PERIODS.aws : PERIODS.local;
  const toMs = Math.ceil(Date.now() / periodMs) * periodMs;
  const window = { fromMs: toMs - count * periodMs, toMs };
  const ofWorkers = INTERVAL_FIGURES.filter(({ gauge }) => OF_WORKERS.includes(gauge));
  const busy =
    which === 'workers'
      ? ofWorkers
      : [OLDEST_AGE, ...ofWorkers.filter(({ gauge }) => gauge === 'workers.active')];
  const asked = queues.map((queue) => {
    const figureQueue = toFigureQueue(queue);
    return which === 'workers' ? { ...figureQueue, busy: true } : figureQueue;
  });
  const { points, errors } = await readFigures(
    asked,
    { busy, quiet: [], newest: window, interval: window, probe: window, periodMs },
    clients,
    { limit: limits.cloudWatch },
  );
  const newest = new Map<string, { value: number; timeMs: number }>();
  for (const { gauge, queue, value, timeMs } of points) {
    const key = `${gauge} ${queue}`;
    if ((newest.get(key)?.timeMs ?? 0) <= timeMs) newest.set(key, { value, timeMs });
  }
  return {
    of: (queue, gauge) => newest.get(`${gauge} ${queue}`)?.value,
    ...(errors.length > 0 && { error: errors[0] }),
  };
}
