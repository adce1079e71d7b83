import { type Gauge, toResourceMetrics } from './gauge-producer.ts';

/** Prometheus's text format 0.0.4, by OpenTelemetry's serializer, which is loaded when first used. */
export async function toPrometheus(gauges: readonly Gauge[]): Promise<string> {
  const { PrometheusSerializer } = await import('@opentelemetry/exporter-prometheus');
  // No timestamps (a scraper takes figures of minutes ago for stale), no target_info, no scope labels.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  // Units stand in the names; UNIT lines belong to OpenMetrics.
  const unitless = gauges.map((gauge) => ({ ...gauge, unit: '' }));
  return `${serializer.serialize(toResourceMetrics(unitless))}\n`;
}
