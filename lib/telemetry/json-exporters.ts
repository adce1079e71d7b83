import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';

/** `http/json`, the default. */
export const constructors: Record<'traces' | 'metrics' | 'logs', unknown> = {
  traces: OTLPTraceExporter,
  metrics: OTLPMetricExporter,
  logs: OTLPLogExporter,
};
