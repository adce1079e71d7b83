import type { Counter } from '@opentelemetry/api';
import { describeError } from '../instrumentation/describe-error.ts';
import type { AwsClients } from '../queues/aws-clients.ts';
import type { ReadLimits } from '../queues/call-limit.ts';
import { toDepthPoints, toFigureQueue } from '../queues/depth-points.ts';
import type { GaugePoint } from '../queues/gauges.ts';
import type { ListQueues } from '../queues/list-queues.ts';
import type { FigurePlan } from '../queues/plan-figures.ts';
import { readFigures } from '../queues/read-figures.ts';
import { readQueues } from '../queues/read-queues.ts';
import type { Log } from '../task/task-context.ts';
import { countReadErrors } from './count-read-errors.ts';

export interface Sampling {
  list: ListQueues;
  clients: AwsClients;
  limits: ReadLimits;
  sampleErrors: Pick<Counter, 'add'>;
  log: Log;
}

export interface Sample {
  points: GaugePoint[];
  /** Queues that SQS answered for. */
  queuesRead: number;
}

/**
 * Reads every queue once, and of CloudWatch what the plan asks for. Never rejects: what cannot be
 * read is a warning, and its gauges are absent.
 *
 * @param plan without one CloudWatch is not asked
 * @param deadline of the reads, by `performance.now()`
 */
export async function sampleQueues(
  { list, clients, limits, sampleErrors, log }: Sampling,
  plan: FigurePlan | undefined,
  deadline: number,
): Promise<Sample> {
  // What hangs must leave the others their time: the list the queues, and SQS CloudWatch.
  const half = () => (performance.now() + deadline) / 2;
  const { queues } = await list(half()).catch((error: unknown) => {
    log.warn('queues could not be listed', describeError(error));
    return { queues: [] };
  });
  const readings = await readQueues(queues, clients, {
    limit: limits.sqs,
    deadline: plan === undefined ? deadline : half(),
  });
  const points = toDepthPoints(readings, Date.now());
  countReadErrors(readings, sampleErrors, log);
  const queuesRead = readings.filter(({ own }) => 'attributes' in own).length;
  if (plan === undefined) return { points, queuesRead };

  const figures = await readFigures(readings.map(toFigureQueue), plan, clients, {
    limit: limits.cloudWatch,
    deadline,
  });
  const [error] = figures.errors;
  if (error !== undefined) log.warn('CloudWatch could not be read', describeError(error));
  return { points: [...points, ...figures.points], queuesRead };
}
