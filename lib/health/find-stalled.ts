import { errorType } from '../instrumentation/error-type.ts';
import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import type { Datapoint, MetricQuery } from '../queues/get-metric-data.ts';
import type { CloudWatchSettings } from '../queues/plan-figures.ts';
import type { ListedQueue } from '../queues/queue-source.ts';
import { isPassing } from '../queues/read-patiently.ts';
import { isStalled, type StallFigures, stallWindow } from './is-stalled.ts';

export interface StallSettings extends CloudWatchSettings {
  /** How long messages may be visible while nobody works. @default 300 */
  stalledAfterSeconds?: number;
}

export interface Stalled {
  /** Names of the queues whose worker does nothing. */
  queues: ReadonlySet<string>;
  /** Why nobody can tell, where that will not pass by itself: a right that is missing. */
  problem?: string;
}

export type FindStalled = (queues: readonly ListedQueue[], deadline: number) => Promise<Stalled>;

export interface FindStalledParts {
  clients: Pick<AwsClients, 'cloudWatch'>;
  limits: ReadLimits;
  settings: StallSettings | undefined;
  onProblem: (message: string, error: unknown) => void;
}

/** CloudWatch costs money, and has a new point once a minute. */
const CACHE_MS = 60_000;

/**
 * Asks CloudWatch, of queues that have messages now, once a minute at most: one metric each, and two
 * more of those whose messages waited all the time. Where CloudWatch does not answer, nothing is
 * known to be stalled.
 */
export function createFindStalled(parts: FindStalledParts): FindStalled {
  const { clients, limits, settings = {}, onProblem } = parts;
  const { stalledAfterSeconds = 300, lagSeconds = 180, periodSeconds = 60 } = settings;
  const periodMs = periodSeconds * 1_000;
  const times = {
    stalledAfterMs: stalledAfterSeconds * 1_000,
    lagMs: lagSeconds * 1_000,
    periodMs,
  };
  const found = new Map<string, { at: number; stalled: boolean }>();

  const ask = async (queries: readonly MetricQuery[], fromMs: number, deadline: number) => {
    const { getMetricData } = await import('../queues/get-metric-data.ts');
    const patience = { limit: limits.cloudWatch, deadline };
    const until = { fromMs, toMs: Date.now() + periodMs, periodMs };
    const { datapoints, errors } = await getMetricData(queries, until, clients, patience);
    const [error] = errors;
    if (error !== undefined) onProblem('CloudWatch could not be read', error);
    return { of: (query: MetricQuery): Datapoint[] => datapoints.get(query) ?? [], error };
  };

  return async (queues, deadline) => {
    const now = Date.now();
    const window = stallWindow(now, times);
    const isKnown = ({ name }: ListedQueue) =>
      now - (found.get(name)?.at ?? Number.NEGATIVE_INFINITY) < Math.min(CACHE_MS, periodMs);
    const asked = queues.filter((queue) => !isKnown(queue)).map(queriesOf);
    const first = await ask(
      asked.map(({ visible }) => visible),
      window.fromMs,
      deadline,
    );
    const waiting = asked.filter(({ visible }) =>
      isStalled({ ...NO_WORK, visible: first.of(visible) }, window),
    );
    const second = await ask(
      waiting.flatMap(({ deleted, invocations }) => [deleted, invocations]),
      window.fromMs,
      deadline,
    );
    const error = first.error ?? second.error;
    for (const { name, visible, deleted, invocations } of asked) {
      const figures: StallFigures = {
        visible: first.of(visible),
        deleted: second.of(deleted),
        invocations: second.of(invocations),
      };
      if (error === undefined) found.set(name, { at: now, stalled: isStalled(figures, window) });
    }
    const stalled = queues.filter(({ name }) => found.get(name)?.stalled);
    return {
      queues: new Set(stalled.map(({ name }) => name)),
      ...(error !== undefined &&
        !isPassing(error) && { problem: `CloudWatch cannot be read: ${errorType(error)}` }),
    };
  };
}

const NO_WORK = { deleted: [], invocations: [] };

function queriesOf({ name, sqsName, worker = '' }: ListedQueue) {
  const queue = { namespace: 'AWS/SQS', dimension: { name: 'QueueName', value: sqsName } };
  const dimension = { name: 'FunctionName', value: worker };
  return {
    name,
    visible: { ...queue, metric: 'ApproximateNumberOfMessagesVisible', stat: 'Minimum' },
    deleted: { ...queue, metric: 'NumberOfMessagesDeleted', stat: 'Sum' },
    invocations: { namespace: 'AWS/Lambda', metric: 'Invocations', stat: 'Sum', dimension },
  };
}
