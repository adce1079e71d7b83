/** What a metric is told from another by: the dimensions are a whole, not a filter. */
export interface Metric {
  namespace: string;
  metricName: string;
  dimensions: Readonly<Record<string, string>>;
}

export interface StatisticSet {
  sum: number;
  minimum: number;
  maximum: number;
  sampleCount: number;
}

export interface Datapoint extends StatisticSet {
  /** Epoch milliseconds of the period's start. */
  timestamp: number;
}

export interface MetricRange {
  /** Epoch milliseconds; see `alignStart`. */
  start: number;
  /** Epoch milliseconds, exclusive. */
  end: number;
  periodSeconds: number;
}

/** CloudWatch's metrics, at a resolution of one second. */
export interface MetricStore {
  /** Adds one value, or a set of them, at `timestamp`. @default timestamp now, epoch milliseconds */
  put(metric: Metric, value: number | StatisticSet, timestamp?: number, unit?: string): void;
  /** Ascending; a period without data has no datapoint. */
  read(metric: Metric, range: MetricRange): Datapoint[];
  /** The unit of the metric's last value. */
  unitOf(metric: Metric): string | undefined;
}

export interface MetricStoreOptions {
  /** @default 10_800, as long as CloudWatch keeps one-second data */
  retentionSeconds?: number;
  /** The metric that was written to longest ago makes room for a new one. @default 5_000 */
  maxMetrics?: number;
  /** Epoch milliseconds. */
  now?: () => number;
}

const DEFAULT_UNIT = 'None';
/** sum, minimum, maximum, sampleCount. */
const FIELDS = 4;

interface Series {
  unit: string;
  /** Sixty seconds each, by minute since the epoch: 2 KB for a minute with data. */
  minutes: Map<number, Float64Array>;
}

export function createMetricStore(options: MetricStoreOptions = {}): MetricStore {
  const { retentionSeconds = 10_800, maxMetrics = 5_000, now = Date.now } = options;
  /** The one that was written to last comes last. */
  const series = new Map<string, Series>();

  function seriesToWrite(metric: Metric): Series {
    const key = keyOf(metric);
    const found = series.get(key) ?? { unit: DEFAULT_UNIT, minutes: new Map() };
    series.delete(key);
    series.set(key, found);
    for (const oldest of series.keys()) {
      if (series.size <= maxMetrics) break;
      series.delete(oldest);
    }
    return found;
  }

  return {
    put(metric, value, timestamp = now(), unit = DEFAULT_UNIT) {
      const oldestSecond = Math.floor(now() / 1000) - retentionSeconds;
      const second = Math.floor(timestamp / 1000);
      if (second < oldestSecond) return;
      const written = seriesToWrite(metric);
      written.unit = unit;
      const minute = Math.floor(second / 60);
      let fields = written.minutes.get(minute);
      if (fields === undefined) {
        fields = new Float64Array(60 * FIELDS);
        written.minutes.set(minute, fields);
        for (const kept of written.minutes.keys()) {
          if (kept < Math.floor(oldestSecond / 60)) written.minutes.delete(kept);
        }
      }
      const offset = (second % 60) * FIELDS;
      writeAt(fields, offset, merge(readAt(fields, offset), toStatisticSet(value)));
    },
    read(metric, range) {
      const { end, periodSeconds } = range;
      const minutes = series.get(keyOf(metric))?.minutes ?? new Map<number, Float64Array>();
      const start = alignStart(range);
      const oldestSecond = Math.floor(now() / 1000) - retentionSeconds;
      const periods = new Map<number, Datapoint>();
      for (const [minute, fields] of minutes) {
        // The last period starts before the end and may go beyond it.
        if (minute * 60 + 60 <= start || (minute * 60 - periodSeconds) * 1000 >= end) continue;
        for (let index = 0; index < 60; index++) {
          const second = minute * 60 + index;
          const period = Math.floor((second - start) / periodSeconds);
          const timestamp = (start + period * periodSeconds) * 1000;
          if (period < 0 || timestamp >= end || second < oldestSecond) continue;
          const set = readAt(fields, index * FIELDS);
          if (set === undefined) continue;
          periods.set(timestamp, { timestamp, ...merge(periods.get(timestamp), set) });
        }
      }
      return [...periods.values()].toSorted((a, b) => a.timestamp - b.timestamp);
    },
    unitOf: (metric) => series.get(keyOf(metric))?.unit,
  };
}

/**
 * Where the first period starts, in epoch seconds. CloudWatch rounds the start down to the minute,
 * and below that to the period; later periods follow from there, whatever the clock shows.
 */
function alignStart({ start, periodSeconds }: MetricRange): number {
  const grain = Math.min(periodSeconds, 60);
  return Math.floor(start / 1000 / grain) * grain;
}

function keyOf({ namespace, metricName, dimensions }: Metric): string {
  return JSON.stringify([namespace, metricName, Object.entries(dimensions).sort()]);
}

function toStatisticSet(value: number | StatisticSet): StatisticSet {
  return typeof value === 'number'
    ? { sum: value, minimum: value, maximum: value, sampleCount: 1 }
    : value;
}

function merge(a: StatisticSet | undefined, b: StatisticSet): StatisticSet {
  if (a === undefined) return b;
  return {
    sum: a.sum + b.sum,
    minimum: Math.min(a.minimum, b.minimum),
    maximum: Math.max(a.maximum, b.maximum),
    sampleCount: a.sampleCount + b.sampleCount,
  };
}

function readAt(fields: Float64Array, offset: number): StatisticSet | undefined {
  const [sum = 0, minimum = 0, maximum = 0, sampleCount = 0] = fields.subarray(
    offset,
    offset + FIELDS,
  );
  return sampleCount === 0 ? undefined : { sum, minimum, maximum, sampleCount };
}

function writeAt(fields: Float64Array, offset: number, set: StatisticSet): void {
  fields.set([set.sum, set.minimum, set.maximum, set.sampleCount], offset);
}
