import {
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { InvalidAnswer } from '../errors/invalid-answer.ts';
import type { AwsClients } from './aws-clients.ts';
import type { TimeWindow } from './plan-figures.ts';
import { type PatienceOptions, readPatiently } from './read-patiently.ts';

/** One figure of one queue or function, and the time that it is asked for. */
export interface MetricQuery {
  namespace: string;
  metric: string;
  dimension: { name: string; value: string };
  stat: string;
}

export interface Datapoint {
  timeMs: number;
  value: number;
}

/** CloudWatch's limit of one call. */
const QUERIES_A_CALL = 500;

/**
 * Asks CloudWatch, 500 queries a call, page after page.
 *
 * @returns for each query its datapoints, in no order; none where CloudWatch has none. A call that
 * failed costs its own queries, and is in `errors`.
 */
export async function getMetricData(
  queries: readonly MetricQuery[],
  window: TimeWindow & { periodMs: number },
  clients: Pick<AwsClients, 'cloudWatch'>,
  patience: PatienceOptions,
): Promise<{ datapoints: Map<MetricQuery, Datapoint[]>; errors: unknown[] }> {
  const datapoints = new Map<MetricQuery, Datapoint[]>();
  const errors: unknown[] = [];
  const calls: (readonly MetricQuery[])[] = [];
  for (let start = 0; start < queries.length; start += QUERIES_A_CALL) {
    calls.push(queries.slice(start, start + QUERIES_A_CALL));
  }
  await Promise.all(
    calls.map(async (call) => {
      try {
        const found = await readPages(call, window, { clients, patience, errors });
        for (const [query, points] of found) datapoints.set(query, points);
      } catch (error) {
        errors.push(error);
      }
    }),
  );
  return { datapoints, errors };
}

async function readPages(
  queries: readonly MetricQuery[],
  { fromMs, toMs, periodMs }: TimeWindow & { periodMs: number },
  parts: { clients: Pick<AwsClients, 'cloudWatch'>; patience: PatienceOptions; errors: unknown[] },
): Promise<Map<MetricQuery, Datapoint[]>> {
  const { clients, patience, errors } = parts;
  const cloudWatch = await clients.cloudWatch();
  const found = new Map<MetricQuery, Datapoint[]>();
  const input = {
    StartTime: new Date(fromMs),
    EndTime: new Date(toMs),
    MetricDataQueries: queries.map((query, index) => toQuery(query, index, periodMs)),
  };
  let NextToken: string | undefined;
  do {
    const command = new GetMetricDataCommand({ ...input, ...(NextToken && { NextToken }) });
    const page = await readPatiently(
      (abortSignal) => cloudWatch.send(command, { abortSignal }),
      patience,
    );
    for (const result of page.MetricDataResults ?? []) {
      const query = queries[Number(result.Id?.slice(1))];
      // The same metric may be continued on the next page.
      if (result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden') {
        errors.push(new InvalidAnswer(`CloudWatch answered ${result.StatusCode} for a metric.`));
      }
      if (query) found.set(query, [...(found.get(query) ?? []), ...toDatapoints(result)]);
    }
    ({ NextToken } = page);
  } while (NextToken);
  return found;
}

function toQuery(query: MetricQuery, index: number, periodMs: number): MetricDataQuery {
  const { namespace, metric, dimension, stat } = query;
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: {
        Namespace: namespace,
        MetricName: metric,
        Dimensions: [{ Name: dimension.name, Value: dimension.value }],
      },
      Period: periodMs / 1_000,
      Stat: stat,
    },
  };
}

function toDatapoints({ Timestamps = [], Values = [] }: MetricDataResult): Datapoint[] {
  return Timestamps.flatMap((time, index) => {
    const value = Values[index];
    return value === undefined ? [] : [{ timeMs: time.getTime(), value }];
  });
}
