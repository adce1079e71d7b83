import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import type { MetricQuery } from '../queues/get-metric-data.ts';
import type { CloudWatchSettings } from '../queues/plan-figures.ts';
import type { ListedQueue } from '../queues/queue-source.ts';
import { isStalled, stallWindow } from './is-stalled.ts';

export interface StallSettings extends CloudWatchSettings {
  /** How long messages may be visible while nobody works. @default 300 */
  stalledAfterSeconds?: number;
}

/** The names of those queues whose worker does nothing. */
export type FindStalled = (
  queues: readonly ListedQueue[],
  deadline: number,
) => Promise<ReadonlySet<string>>;

/**
 * Asks CloudWatch, and only of queues that have messages now: 3 metrics each. Where CloudWatch does
 * not answer, nothing is known to be stalled.
 */
export function createFindStalled(
  clients: Pick<AwsClients, 'cloudWatch'>,
  limits: ReadLimits,
  settings: StallSettings = {},
): FindStalled {
  const { stalledAfterSeconds = 300, lagSeconds = 180, periodSeconds = 60 } = settings;
  const periodMs = periodSeconds * 1_000;
  return async (queues, deadline) => {
    const times = { stalledAfterMs: stalledAfterSeconds * 1_000, lagMs: lagSeconds * 1_000 };
    const window = stallWindow(Date.now(), { ...times, periodMs });
    const asked = queues.map((queue) => ({ queue, queries: queriesOf(queue) }));
    const { getMetricData } = await import('../queues/get-metric-data.ts');
    const { datapoints } = await getMetricData(
      asked.flatMap(({ queries }) => Object.values(queries)),
      { fromMs: window.fromMs, toMs: Date.now() + periodMs, periodMs },
      clients,
      { limit: limits.cloudWatch, deadline },
    );
    const of = (query: MetricQuery) => datapoints.get(query) ?? [];
    const stalled = asked.filter(({ queries: { visible, deleted, invocations } }) =>
      isStalled(
        { visible: of(visible), deleted: of(deleted), invocations: of(invocations) },
        window,
      ),
    );
    return new Set(stalled.map(({ queue }) => queue.name));
  };
}

function queriesOf({ sqsName, worker = '' }: ListedQueue) {
  const queue = { namespace: 'AWS/SQS', dimension: { name: 'QueueName', value: sqsName } };
  const dimension = { name: 'FunctionName', value: worker };
  return {
    visible: { ...queue, metric: 'ApproximateNumberOfMessagesVisible', stat: 'Minimum' },
    deleted: { ...queue, metric: 'NumberOfMessagesDeleted', stat: 'Sum' },
    invocations: { namespace: 'AWS/Lambda', metric: 'Invocations', stat: 'Sum', dimension },
  };
}
