import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import { toDepthPoints, toFigureQueue } from '../queues/depth-points.ts';
import { OLDEST_AGE, SENT } from '../queues/figures.ts';
import type { GaugeName, GaugePoint } from '../queues/gauges.ts';
import type { ListQueues } from '../queues/list-queues.ts';
import { type CloudWatchSettings, planFigures } from '../queues/plan-figures.ts';
import { readFigures } from '../queues/read-figures.ts';
import { readQueues } from '../queues/read-queues.ts';
import type { QueueReading } from '../queues/resolve-redrive.ts';

/** The newest value of every gauge. @throws when the queues cannot be listed */
export type ReadGauges = () => Promise<GaugePoint[]>;

const DEPTH_CACHE_MS = 5_000;
const FIGURES_CACHE_MS = 60_000;
/** Two intervals: older figures are of no use to anybody. */
const MAX_FIGURE_AGE_MS = 15 * 60_000;
/** Of one answer; a scraper waits 10 s by default. */
const BOUND_MS = 8_000;
/** What each of the three may take of that, one after the other. */
const LIST_SHARE = 0.2;
const DEPTH_SHARE = 0.4;
const FIGURES_SHARE = 0.4;

export interface ReadGaugesParts {
  list: ListQueues;
  clients: AwsClients;
  limits: ReadLimits;
  settings: CloudWatchSettings | undefined;
  onProblem: (message: string, error: unknown) => void;
}

/**
 * For a scraper that comes every 15 s: SQS is read at most once in 5 s, CloudWatch at most once a
 * minute, and of it what the depth function would ask for: each instance costs once more what that
 * costs, while somebody scrapes.
 */
export function createReadGauges(parts: ReadGaugesParts): ReadGauges {
  const { list, clients, limits, settings = {}, onProblem } = parts;
  const readDepth = reuse(DEPTH_CACHE_MS, async () => {
    const until = (share: number) => performance.now() + BOUND_MS * share;
    const { queues } = await list(until(LIST_SHARE));
    const patience = { limit: limits.sqs, deadline: until(DEPTH_SHARE) };
    const readings = await readQueues(queues, clients, patience);
    return { readings, points: toDepthPoints(readings, Date.now()) };
  });
  const newest = new Map<string, GaugePoint>();
  let plannedAt = Number.NEGATIVE_INFINITY;
  const readNewFigures = async (readings: readonly QueueReading[]) => {
    const plan = planFigures({ atMs: Date.now(), previousMs: plannedAt }, settings);
    const { points, errors } = await readFigures(readings.map(toFigureQueue), plan, clients, {
      limit: limits.cloudWatch,
      deadline: performance.now() + BOUND_MS * FIGURES_SHARE,
    });
    for (const point of points) newest.set(`${point.gauge} ${point.queue}`, point);
    const [error] = errors;
    // Asked for again with the next read; what is known stays as long as it is young enough.
    if (error !== undefined) return onProblem('CloudWatch could not be read', error);
    plannedAt = Date.now();
    const said = new Set(points.map(({ gauge, queue }) => `${gauge} ${queue}`));
    const { busy: asked } = plan;
    for (const [key, { gauge }] of newest) {
      // Absent is an answer here: there is no oldest message, or the backlog does not shrink.
      const saidAnew =
        (gauge === 'queue.oldest_message.age' && asked.includes(OLDEST_AGE)) ||
        (gauge === 'queue.time_to_drain' && asked.includes(SENT));
      if (saidAnew && !said.has(key)) newest.delete(key);
    }
  };
  const cacheMs = Math.min(FIGURES_CACHE_MS, (settings.periodSeconds ?? 60) * 1_000);
  let readings: readonly QueueReading[] = [];
  const refreshFigures = reuse(cacheMs, () => readNewFigures(readings));

  return async () => {
    const depth = await readDepth();
    readings = depth.readings;
    await refreshFigures();
    const oldest = Date.now() - MAX_FIGURE_AGE_MS;
    const known = new Set(depth.readings.map(({ name }) => name));
    const empty = new Set(depth.readings.filter(isEmpty).map(({ name }) => name));
    for (const [key, { gauge, timeMs, queue }] of newest) {
      const drained = OF_A_BACKLOG.has(gauge) && empty.has(queue);
      if (timeMs < oldest || !known.has(queue) || drained) newest.delete(key);
    }
    return [...depth.points, ...newest.values()];
  };
}

/** What an empty queue does not have. */
const OF_A_BACKLOG = new Set<GaugeName>(['queue.oldest_message.age', 'queue.time_to_drain']);

function isEmpty(reading: QueueReading): boolean {
  const { busy, visible } = toFigureQueue(reading);
  return visible !== undefined && !busy;
}

/** Those who ask at the same time, or within that time, share one answer. Failures are not kept. */
function reuse<T>(forMs: number, read: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return () => {
    if (answer === undefined || Date.now() - readAt >= forMs) {
      const reading = read();
      reading.catch(() => {
        if (answer === reading) answer = undefined;
      });
      answer = reading;
      readAt = Date.now();
    }
    return answer;
  };
}
