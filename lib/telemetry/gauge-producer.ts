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
import type { Gauge } from './waiting-gauges.ts';

/**
 * Gauges with times of their own. The SDK's take none, give one value a series and collection, and
 * at 2,000 series put the rest together.
 */
export function createGaugeProducer(take: () => readonly Gauge[]): MetricProducer {
  return {
    async collect() {
      return { resourceMetrics: toResourceMetrics(take()), errors: [] };
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
