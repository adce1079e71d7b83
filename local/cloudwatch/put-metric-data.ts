import { isText, readDimensions } from './check-metric-data-query.ts';
import { CloudWatchRefusal } from './cloudwatch-refusal.ts';
import type { Metric, MetricStore, StatisticSet } from './metric-store.ts';

export interface PutMetricDataRequest {
  Namespace?: string;
  MetricData?: MetricDatum[];
}

interface MetricDatum {
  MetricName?: string;
  Dimensions?: unknown;
  /** Epoch seconds. */
  Timestamp?: number;
  Value?: number;
  Values?: number[];
  Counts?: number[];
  StatisticValues?: { Sum: number; Minimum: number; Maximum: number; SampleCount: number };
  Unit?: string;
}

const MAX_DATA = 1_000;
const TWO_WEEKS_MS = 14 * 86_400_000;
const TWO_HOURS_MS = 2 * 3_600_000;

/** Takes all of the data or none. @throws CloudWatchRefusal */
export function putMetricData(
  { Namespace: namespace, MetricData: data = [] }: PutMetricDataRequest,
  store: MetricStore,
): void {
  if (!isText(namespace)) {
    throw new CloudWatchRefusal(
      'MissingRequiredParameterException',
      'The parameter Namespace is required.',
    );
  }
  if (namespace.startsWith('AWS/')) {
    invalid(
      'The value AWS/ for parameter Namespace is invalid: only AWS services may write to it.',
    );
  }
  if (!Array.isArray(data) || data.length > MAX_DATA) {
    invalid(`The collection MetricData must not have a size greater than ${MAX_DATA}.`);
  }
  const checked = data.map((datum, index) =>
    checkDatum(datum ?? {}, namespace, `MetricData.member.${index + 1}`),
  );
  for (const { metric, sets, timestamp, unit } of checked) {
    for (const set of sets) store.put(metric, set, timestamp, unit);
  }
}

function checkDatum(datum: MetricDatum, namespace: string, path: string) {
  const { MetricName: metricName, Timestamp, Unit: unit } = datum;
  if (!isText(metricName)) {
    throw new CloudWatchRefusal(
      'MissingRequiredParameterException',
      `The parameter ${path}.MetricName is required.`,
    );
  }
  const timestamp = Timestamp === undefined ? Date.now() : Timestamp * 1000;
  const age = Date.now() - timestamp;
  if (!(age <= TWO_WEEKS_MS && age >= -TWO_HOURS_MS)) {
    invalid(
      `The parameter ${path}.Timestamp must specify a time no more than two weeks in the past or two hours in the future.`,
    );
  }
  const metric: Metric = {
    namespace,
    metricName,
    dimensions: readDimensions(datum.Dimensions, path),
  };
  return { metric, sets: readValues(datum, path), timestamp, unit };
}

function readValues(datum: MetricDatum, path: string): StatisticSet[] {
  const { Value, Values, Counts, StatisticValues } = datum;
  const given = [Value, Values, StatisticValues].filter(
    (each) => (each ?? undefined) !== undefined,
  );
  if (given.length !== 1) {
    invalid(`${path} needs exactly one of Value, Values and StatisticValues.`);
  }
  const sets = !StatisticValues
    ? [Values ?? (Value as number)]
        .flat()
        .map((value, index) => repeated(value, Counts?.[index] ?? 1))
    : [
        {
          sum: StatisticValues.Sum,
          minimum: StatisticValues.Minimum,
          maximum: StatisticValues.Maximum,
          sampleCount: StatisticValues.SampleCount,
        },
      ];
  if (!sets.every((set) => Object.values(set).every(Number.isFinite) && set.sampleCount > 0)) {
    invalid(`The values of ${path} must be finite numbers, and their counts above 0.`);
  }
  return sets;
}

function repeated(value: number, count: number): StatisticSet {
  return { sum: value * count, minimum: value, maximum: value, sampleCount: count };
}

function invalid(message: string): never {
  throw new CloudWatchRefusal('InvalidParameterValueException', message);
}
