import {
  type Message,
  mapMessages,
  readBoolean,
  readCount,
  readDouble,
  readInteger,
  readList,
  readMessage,
  readString,
  readTime,
} from './otlp-fields.ts';
import { readAttributes, readResource, readScope } from './read-attributes.ts';
import type { PointType, ReceivedPoint } from './telemetry-record.ts';

/** The data points of an ExportMetricsServiceRequest, in the order in which they came. */
export function readPoints(request: Message): ReceivedPoint[] {
  return mapMessages(request['resourceMetrics'], 'resourceMetrics', (byResource) => {
    const resource = readResource(byResource['resource']);
    return mapMessages(byResource['scopeMetrics'], 'scopeMetrics', (byScope) => {
      const scope = readScope(byScope['scope']);
      return mapMessages(byScope['metrics'], 'metrics', (metric) =>
        readMetric(metric).map((point) => ({ ...point, resource, scope })),
      ).flat();
    }).flat();
  }).flat();
}

type Point = Omit<ReceivedPoint, 'resource' | 'scope'>;
type Measurement = Pick<
  Point,
  'value' | 'count' | 'sum' | 'min' | 'max' | 'buckets' | 'exponentialBuckets' | 'quantiles'
>;

const measurementReaders: Record<PointType, (point: Message) => Measurement> = {
  sum: readNumber,
  gauge: readNumber,
  histogram: (point) => ({
    ...readDistribution(point),
    buckets: {
      boundaries: readDoubles(point['explicitBounds'], 'explicitBounds'),
      counts: readCounts(point['bucketCounts']),
    },
  }),
  exponentialHistogram: (point) => ({
    ...readDistribution(point),
    exponentialBuckets: {
      scale: Number(readInteger(point['scale'], 'scale')),
      zeroCount: readCount(point['zeroCount'], 'zeroCount'),
      positive: readBuckets(point['positive'], 'positive'),
      negative: readBuckets(point['negative'], 'negative'),
    },
  }),
  summary: (point) => ({
    ...readDistribution(point),
    quantiles: mapMessages(point['quantileValues'], 'quantileValues', (quantile) => ({
      quantile: readDouble(quantile['quantile'], 'quantile') ?? 0,
      value: readDouble(quantile['value'], 'value') ?? 0,
    })),
  }),
};

function readMetric(metric: Message): Point[] {
  const types = Object.keys(measurementReaders) as PointType[];
  const type = types.find((name) => metric[name] !== undefined && metric[name] !== null);
  // A metric without data is legal, and there is nothing of it to keep.
  if (type === undefined) return [];

  const data = readMessage(metric[type], type);
  const temporality = temporalities[readCount(data['aggregationTemporality'], 'temporality')];
  const shared = {
    metric: readString(metric['name'], 'name'),
    unit: readString(metric['unit'], 'unit'),
    description: readString(metric['description'], 'description'),
    type,
    ...(temporality !== undefined && { temporality }),
    ...(type === 'sum' && { monotonic: readBoolean(data['isMonotonic'], 'isMonotonic') }),
  };
  return mapMessages(data['dataPoints'], `${type}.dataPoints`, (point) => {
    const startTimeUnixNano = readTime(point['startTimeUnixNano'], 'startTimeUnixNano');
    return {
      ...shared,
      attributes: readAttributes(point['attributes']),
      ...(startTimeUnixNano !== 0n && { startTimeUnixNano }),
      timeUnixNano: readTime(point['timeUnixNano'], 'timeUnixNano'),
      ...measurementReaders[type](point),
    };
  });
}

const temporalities = [undefined, 'DELTA', 'CUMULATIVE'] as const;

function readNumber(point: Message): Measurement {
  const isInteger = point['asInt'] !== undefined && point['asInt'] !== null;
  const value = isInteger
    ? Number(readInteger(point['asInt'], 'asInt'))
    : readDouble(point['asDouble'], 'asDouble');
  return value === undefined ? {} : { value };
}

function readDistribution(point: Message): Measurement {
  const sum = readDouble(point['sum'], 'sum');
  const min = readDouble(point['min'], 'min');
  const max = readDouble(point['max'], 'max');
  return {
    count: readCount(point['count'], 'count'),
    ...(sum !== undefined && { sum }),
    ...(min !== undefined && { min }),
    ...(max !== undefined && { max }),
  };
}

function readBuckets(value: unknown, field: string): { offset: number; counts: number[] } {
  const buckets = readMessage(value, field);
  return {
    offset: Number(readInteger(buckets['offset'], `${field}.offset`)),
    counts: readCounts(buckets['bucketCounts']),
  };
}

function readCounts(value: unknown): number[] {
  return readList(value, 'bucketCounts').map((count) => readCount(count, 'bucketCounts'));
}

function readDoubles(value: unknown, field: string): number[] {
  return readList(value, field).map((item) => readDouble(item, field) ?? 0);
}
