import { CloudWatchRefusal } from './cloudwatch-refusal.ts';
import type { Datapoint, Metric } from './metric-store.ts';

/** A query of GetMetricData that CloudWatch would answer. */
export interface MetricDataQuery {
  id: string;
  label: string;
  metric: Metric;
  periodSeconds: number;
  statistic: (datapoint: Datapoint) => number;
  unit: string | undefined;
  returnData: boolean;
}

interface WireQuery {
  Id?: string;
  Label?: string;
  Expression?: string;
  Period?: number;
  ReturnData?: boolean;
  MetricStat?: {
    Metric?: { Namespace?: string; MetricName?: string; Dimensions?: WireDimension[] };
    Period?: number;
    Stat?: string;
    Unit?: string;
  };
}

interface WireDimension {
  Name?: string;
  Value?: string;
}

const MAX_QUERIES = 500;

const STATISTICS = new Map<string, (datapoint: Datapoint) => number>([
  ['SampleCount', ({ sampleCount }) => sampleCount],
  ['Average', ({ sum, sampleCount }) => sum / sampleCount],
  ['Sum', ({ sum }) => sum],
  ['Minimum', ({ minimum }) => minimum],
  ['Maximum', ({ maximum }) => maximum],
]);

/** @throws CloudWatchRefusal when one of them is not to be answered: then none is. */
export function checkMetricDataQueries(given: unknown): MetricDataQuery[] {
  if (!Array.isArray(given) || given.length === 0) {
    throw new CloudWatchRefusal(
      'MissingRequiredParameterException',
      'The parameter MetricDataQueries is required.',
    );
  }
  if (given.length > MAX_QUERIES) {
    invalid(`The collection MetricDataQueries must not have a size greater than ${MAX_QUERIES}.`);
  }
  const queries = given.map((query: WireQuery, index) =>
    checkQuery(query ?? {}, `MetricDataQueries.member.${index + 1}`),
  );
  if (new Set(queries.map(({ id }) => id)).size < queries.length) {
    invalid('The values for parameter Id in MetricDataQueries are not unique.');
  }
  return queries;
}

function checkQuery(query: WireQuery, path: string): MetricDataQuery {
  const { Id: id, MetricStat: stat, Expression } = query;
  if (!isText(id)) invalid(`The parameter ${path}.Id is required.`);
  if (!/^[a-z][a-zA-Z0-9_]*$/.test(id)) {
    invalid(
      `The value ${id} for parameter ${path}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
    );
  }
  if (Expression !== undefined) {
    invalid(`${path}.Expression: metric math is not served here, only MetricStat is.`);
  }
  if (!stat) invalid(`The parameter ${path}.MetricStat is required.`);
  const { Namespace: namespace, MetricName: metricName, Dimensions } = stat.Metric ?? {};
  if (!isText(namespace)) invalid(`The parameter ${path}.MetricStat.Metric.Namespace is required.`);
  if (!isText(metricName))
    invalid(`The parameter ${path}.MetricStat.Metric.MetricName is required.`);
  const statistic = STATISTICS.get(stat.Stat ?? '');
  if (statistic === undefined) {
    invalid(
      `The value ${JSON.stringify(stat.Stat)} for parameter ${path}.MetricStat.Stat is not a valid statistic. Here are only ${[...STATISTICS.keys()].join(', ')}.`,
    );
  }
  return {
    id,
    label: query.Label ?? metricName,
    metric: { namespace, metricName, dimensions: readDimensions(Dimensions, path) },
    periodSeconds: checkPeriod(stat.Period, `${path}.MetricStat.Period`),
    statistic,
    unit: stat.Unit,
    returnData: query.ReturnData ?? true,
  };
}

/** As in PutMetricData, where `path` names the datum. */
export function readDimensions(given: unknown, path: string): Record<string, string> {
  const dimensions = (given ?? []) as WireDimension[];
  if (!Array.isArray(dimensions) || dimensions.length > 30) {
    invalid(`The collection ${path}.Dimensions must not have a size greater than 30.`);
  }
  return Object.fromEntries(
    dimensions.map((dimension) => {
      const { Name: name, Value: value } = dimension ?? {};
      if (!isText(name) || !isText(value))
        invalid(`A dimension of ${path} needs both Name and Value.`);
      return [name, value];
    }),
  );
}

function checkPeriod(period: number | undefined, path: string): number {
  const valid =
    Number.isInteger(period) &&
    ([1, 5, 10, 20, 30].includes(period as number) ||
      ((period as number) > 0 && (period as number) % 60 === 0));
  if (!valid) {
    invalid(
      `The value ${JSON.stringify(period)} for parameter ${path} must be 1, 5, 10, 20, 30 or n * 60 seconds.`,
    );
  }
  return period as number;
}

export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function invalid(message: string): never {
  throw new CloudWatchRefusal('ValidationException', message);
}
