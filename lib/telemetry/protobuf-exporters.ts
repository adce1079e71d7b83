import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-proto';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { LoadedSdk } from './load-sdk.ts';
import { startMetrics } from './start-metrics.ts';

/** `http/protobuf`, for backends that do not read JSON: OneUptime before June 2026. */
export const sdk: LoadedSdk = {
  exporters: {
    traces: OTLPTraceExporter,
    metrics: OTLPMetricExporter,
    logs: OTLPLogExporter,
  },
  startMetrics,
};
