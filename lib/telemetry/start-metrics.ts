import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, type ResourceMetrics } from '@opentelemetry/sdk-metrics';
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
}

/** The SDK's metrics, and what a flush collects of them. */
export interface SdkMetrics {
  provider: MeterProvider;
  collect(): Promise<ResourceMetrics>;
}

/** A gauge's callback may hang; it must not take the other metrics with it for ever. */
const COLLECT_TIMEOUT_MS = 500;

/** Loaded with the first flush: docs/decisions/0015-less-of-the-sdk-at-start.md. */
export function startMetrics({ resource, takeGauges, prefix }: SdkMetricsOptions): SdkMetrics {
  const reader = createMetricReader([createGaugeProducer(takeGauges)]);
  return {
    provider: new MeterProvider({ resource, readers: [reader] }),
    async collect() {
      const { resourceMetrics } = await reader.collect({ timeoutMillis: COLLECT_TIMEOUT_MS });
      return renameMetrics(resourceMetrics, prefix);
    },
  };
}
