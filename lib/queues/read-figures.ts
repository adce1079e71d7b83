import type { AwsClients } from './aws-clients.ts';
import { chooseDatapoints } from './choose-datapoints.ts';
import { DELETED, type Figure, OLDEST_AGE, SENT } from './figures.ts';
import type { GaugePoint } from './gauges.ts';
import type { Datapoint, MetricQuery } from './get-metric-data.ts';
import type { FigurePlan, TimeWindow } from './plan-figures.ts';
import type { PatienceOptions } from './read-patiently.ts';
import { timeToDrain } from './time-to-drain.ts';

/** A queue as CloudWatch knows it. */
export interface FigureQueue {
  name: string;
  sqsName: string;
  worker?: string;
  /** How many messages can be received now. @default unknown: it could not be read */
  visible?: number;
  /** Whether it has messages, in whatever state. */
  busy: boolean;
}

interface Ask {
  queue: FigureQueue;
  figure: Figure;
}

export interface FigureReadings {
  points: GaugePoint[];
  /** Of calls that failed: their figures are absent. */
  errors: unknown[];
}

/** Asks CloudWatch for what the plan asks of these queues. Never rejects. */
export async function readFigures(
  queues: readonly FigureQueue[],
  plan: FigurePlan,
  clients: Pick<AwsClients, 'cloudWatch'>,
  patience: PatienceOptions,
): Promise<FigureReadings> {
  const busy = queues.filter((queue) => queue.busy);
  const quiet = queues.filter((queue) => !queue.busy);
  const readings = createReadings(plan, clients, patience);
  await Promise.all([
    readings.ask(asksOf(busy, plan.busy), plan.interval),
    readings.ask(asksOf(quiet, plan.quiet), plan.probe),
  ]);
  const inUse = quiet.filter((queue) => readings.of(queue, SENT).some(({ value }) => value > 0));
  // Where quiet queues are looked at, busy ones are asked for everything.
  const rest = plan.busy.filter((figure) => figure !== SENT);
  await readings.ask(asksOf(inUse, rest), plan.interval);
  const points = [...busy, ...inUse].flatMap((queue) => toPoints(queue, plan, readings.of));
  return { points, errors: readings.errors };
}

function asksOf(queues: readonly FigureQueue[], figures: readonly Figure[]): Ask[] {
  return queues.flatMap((queue) => figures.map((figure) => ({ queue, figure })));
}

function createReadings(
  { periodMs }: FigurePlan,
  clients: Pick<AwsClients, 'cloudWatch'>,
  patience: PatienceOptions,
) {
  // Queues may share a worker: each metric is asked, and paid, once.
  const datapoints = new Map<string, readonly Datapoint[]>();
  const errors: unknown[] = [];
  return {
    errors,
    of: ({ sqsName, worker }: FigureQueue, figure: Figure) =>
      datapoints.get(keyOf(toQuery(figure, sqsName, worker))) ?? [],
    async ask(asks: readonly Ask[], window: TimeWindow) {
      const queries = new Map<string, MetricQuery>();
      for (const { queue, figure } of asks) {
        const query = toQuery(figure, queue.sqsName, queue.worker);
        if (query !== undefined) queries.set(keyOf(query), query);
      }
      if (queries.size === 0) return;
      const { getMetricData } = await import('./get-metric-data.ts');
      const answer = await getMetricData(
        [...queries.values()],
        { ...window, periodMs },
        clients,
        patience,
      );
      errors.push(...answer.errors);
      for (const [query, points] of answer.datapoints) datapoints.set(keyOf(query), points);
    },
  };
}

function toQuery(figure: Figure, sqsName: string, worker: string | undefined) {
  const { metric, stat } = figure;
  if (figure.of === 'queue') {
    const dimension = { name: 'QueueName', value: sqsName };
    return { namespace: 'AWS/SQS', metric, stat, dimension };
  }
  if (worker === undefined) return undefined;
  const dimension = { name: 'FunctionName', value: worker };
  return { namespace: 'AWS/Lambda', metric, stat, dimension };
}

const keyOf = (query: MetricQuery | undefined) =>
  query === undefined ? '' : `${query.namespace} ${query.metric} ${query.dimension.value}`;

function toPoints(
  queue: FigureQueue,
  plan: FigurePlan,
  datapointsOf: (queue: FigureQueue, figure: Figure) => readonly Datapoint[],
): GaugePoint[] {
  const { periodMs, newest, interval } = plan;
  const chosen = (figure: Figure) =>
    chooseDatapoints(datapointsOf(queue, figure), figure === OLDEST_AGE ? newest : interval);
  const points = plan.busy.flatMap((figure) =>
    chosen(figure).map(
      ({ timeMs, value }): GaugePoint => ({
        gauge: figure.gauge,
        queue: queue.name,
        // Sums are promised for a minute.
        value: figure.stat === 'Sum' ? (value * 60_000) / periodMs : value,
        timeMs,
      }),
    ),
  );
  const drain =
    queue.visible === undefined
      ? undefined
      : timeToDrain(queue.visible, chosen(SENT), chosen(DELETED), periodMs);
  if (drain === undefined) return points;
  return [
    ...points,
    { gauge: 'queue.time_to_drain', queue: queue.name, value: drain, timeMs: Date.now() },
  ];
}
