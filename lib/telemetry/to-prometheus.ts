import type { Gauge } from './waiting-gauges.ts';

/** Prometheus's text format 0.0.4, by OpenTelemetry's serializer, which is loaded when first used. */
export async function toPrometheus(gauges: readonly Gauge[]): Promise<string> {
  const { serializePrometheus } = await import('./serialize-prometheus.ts');
  return serializePrometheus(gauges);
}
