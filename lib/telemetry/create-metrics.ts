import type { MeterProvider } from '@opentelemetry/api';
import type { Resource } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { createDeferredMeterProvider } from './deferred-meter-provider.ts';
import type { ExportSettings } from './export-settings.ts';
import { loadSdk } from './load-sdk.ts';
import type { SdkMetrics } from './start-metrics.ts';
import { createWaitingGauges, type Gauge } from './waiting-gauges.ts';

export interface MetricsOptions {
  resource: Resource;
  /** METRIC_PREFIX */
  prefix: string;
  protocol: ExportSettings['protocol'];
  /** Is told of points that had to be given up. */
  onDropped: (points: number) => void;
}

/** Metrics whose SDK is loaded when they are first collected. */
export interface Metrics {
  readonly provider: MeterProvider;
  addGauges(gauges: readonly Gauge[]): void;
  collect(): Promise<ResourceMetrics>;
}

export function createMetrics(options: MetricsOptions): Metrics {
  const { resource, prefix, protocol, onDropped } = options;
  const gauges = createWaitingGauges(onDropped);
  const provider = createDeferredMeterProvider(onDropped);
  const sinceMs = Date.now();
  const start = async () => {
    const { startMetrics } = await loadSdk(protocol);
    const sdk = startMetrics({ resource, prefix, takeGauges: gauges.take, sinceMs });
    provider.use(sdk.provider);
    return sdk;
  };
  let starting: Promise<SdkMetrics> | undefined;
  return {
    provider,
    addGauges: gauges.add,
    async collect() {
      starting ??= start().catch((error: unknown) => {
        // Too many open files, say: the next flush may open them.
        starting = undefined;
        throw error;
      });
      return (await starting).collect();
    },
  };
}
