import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { LoadedSdk } from './load-sdk.ts';
import { startMetrics } from './start-metrics.ts';

/** `http/json`, the default. */
export const sdk: LoadedSdk = {
  exporters: {
    traces: OTLPTraceExporter,
    metrics: OTLPMetricExporter,
    logs: OTLPLogExporter,
  },
  startMetrics,
};
