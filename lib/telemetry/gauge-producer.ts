import { ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  type MetricData,
  type MetricProducer,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { DISTRO_VERSION } from './resource.ts';

/** One value at one time. */
export interface Gauge {
  name: string;
  unit: string;
  description: string;
  value: number;
  attributes: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  timeMs: number;
}

export interface GaugeProducer extends MetricProducer {
  add(gauges: readonly Gauge[]): void;
}

/** What may wait for a flush: a run over 1,000 queues makes 60,000 at the most. */
const CAPACITY = 100_000;

/**
 * Gauges with times of their own. The SDK's take none, give one value a series and collection, and
 * at 2,000 series put the rest together.
 */
export function createGaugeProducer(onDropped: (gauges: number) => void): GaugeProducer {
  let waiting: Gauge[] = [];
  return {
    add(gauges) {
      waiting = [...waiting, ...gauges];
      const over = waiting.length - CAPACITY;
      if (over <= 0) return;
      waiting = waiting.slice(over);
      onDropped(over);
    },
    async collect() {
      const gauges = waiting;
      waiting = [];
      return { resourceMetrics: toResourceMetrics(gauges), errors: [] };
    },
  };
}

/** In the form of the SDK, one metric a name. The reader puts the resource of the SDK in. */
export function toResourceMetrics(gauges: readonly Gauge[]): ResourceMetrics {
  const byName = new Map<string, MetricData & { dataPointType: typeof DataPointType.GAUGE }>();
  for (const { name, unit, description, value, attributes, timeMs } of gauges) {
    const metric = byName.get(name) ?? {
      descriptor: { name, unit, description, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
      dataPointType: DataPointType.GAUGE,
      dataPoints: [],
    };
    byName.set(name, metric);
    const time = toHrTime(timeMs);
    metric.dataPoints.push({ startTime: time, endTime: time, attributes, value });
  }
  const scope = { name: 'leadline', version: DISTRO_VERSION };
  const scopeMetrics = byName.size === 0 ? [] : [{ scope, metrics: [...byName.values()] }];
  return { resource: emptyResource(), scopeMetrics };
}

function toHrTime(timeMs: number): [number, number] {
  const seconds = Math.floor(timeMs / 1_000);
  return [seconds, Math.round((timeMs - seconds * 1_000) * 1_000_000)];
}
