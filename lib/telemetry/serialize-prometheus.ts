import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { toResourceMetrics } from './gauge-producer.ts';
import type { Gauge } from './waiting-gauges.ts';

/** In a module of its own: it holds OpenTelemetry's exporter. */
export function serializePrometheus(gauges: readonly Gauge[]): string {
  // No timestamps (a scraper takes figures of minutes ago for stale), no target_info, no scope labels.
  const serializer = new PrometheusSerializer(undefined, false, undefined, true, true);
  // Units stand in the names; UNIT lines belong to OpenMetrics.
  const unitless = gauges.map((gauge) => ({ ...gauge, unit: '' }));
  return `${serializer.serialize(toResourceMetrics(unitless))}\n`;
}
