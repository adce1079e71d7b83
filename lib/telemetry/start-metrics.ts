import type { HrTime } from '@opentelemetry/api';
import { timeInputToHrTime } from '@opentelemetry/core';
import type { Resource } from '@opentelemetry/resources';
import { DataPointType, MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
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
  /** When measuring began, in milliseconds since 1970: what the first collection counts from. */
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
  let isFirst = true;
  return {
    provider: new MeterProvider({ resource, readers: [reader] }),
    async collect() {
      const { resourceMetrics } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
      if (isFirst) countFrom(timeInputToHrTime(new Date(sinceMs)), resourceMetrics);
      isFirst = false;
      return renameMetrics(resourceMetrics, prefix);
    },
  };
}

/** Measurements that waited were handed to the SDK just now, which takes that for their beginning. */
function countFrom(start: HrTime, { scopeMetrics }: ResourceMetrics): void {
  for (const { dataPointType, dataPoints } of scopeMetrics.flatMap(({ metrics }) => metrics)) {
    if (dataPointType === DataPointType.GAUGE) continue;
    for (const point of dataPoints) Object.assign(point, { startTime: start });
  }
}
