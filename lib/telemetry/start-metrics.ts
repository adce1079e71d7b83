import { diag, type HrTime } from '@opentelemetry/api';
import { timeInputToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  DataPointType,
  MeterProvider,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics';
import { createMetricReader } from './create-metric-reader.ts';
import { createGaugeProducer } from './gauge-producer.ts';
import { renameMetrics } from './rename-metrics.ts';
import type { Gauge } from './waiting-gauges.ts';

export interface SdkMetricsOptions {
  resource: Resource;
  /** Hands out gauges that were read elsewhere. */
  takeGauges: () => readonly Gauge[];
  /** METRIC_PREFIX */
  prefix: string;
  /** When measuring began, in milliseconds since 1970: deltas count from it once, the rest always. */
  sinceMs: number;
}

/** The SDK's metrics, and what a flush collects of them. */
export interface SdkMetrics {
  provider: MeterProvider;
  collect(): Promise<ResourceMetrics>;
}

/** A gauge's callback may hang; it must not take the other metrics with it for ever. */
const COLLECT_TIMEOUT_MS = 500;

/** Loaded with the first flush: docs/decisions/0015-less-of-the-sdk-at-start.md. */
export function startMetrics(options: SdkMetricsOptions): SdkMetrics {
  const { resource, takeGauges, prefix, sinceMs } = options;
  const reader = createMetricReader([createGaugeProducer(takeGauges)]);
  const start = timeInputToHrTime(new Date(sinceMs));
  let isFirst = true;
  return {
    provider: new MeterProvider({ resource, readers: [reader] }),
    async collect() {
      const collected = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
      const { resourceMetrics, errors } = collected;
      for (const error of errors) diag.error('A metric could not be collected.', error);
      countFrom(start, resourceMetrics, isFirst);
      isFirst = false;
      return renameMetrics(resourceMetrics, prefix);
    },
  };
}

/** Measurements that waited were handed to the SDK just now, which takes that for their beginning. */
function countFrom(startTime: HrTime, { scopeMetrics }: ResourceMetrics, isFirst: boolean): void {
  for (const metric of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    if (metric.dataPointType === DataPointType.GAUGE) continue;
    if (!isFirst && metric.aggregationTemporality === AggregationTemporality.DELTA) continue;
    for (const point of metric.dataPoints) Object.assign(point, { startTime });
  }
}
