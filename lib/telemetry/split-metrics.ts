import type { MetricData, ResourceMetrics, ScopeMetrics } from '@opentelemetry/sdk-metrics';

/** Splits an export so that none has more points than that, in their order. */
export function splitMetrics(metrics: ResourceMetrics, maxPoints: number): ResourceMetrics[] {
  const parts: ScopeMetrics[][] = [];
  let room = 0;
  for (const { scope, metrics: ofScope } of metrics.scopeMetrics) {
    for (const metric of ofScope) {
      for (let start = 0; start < metric.dataPoints.length; ) {
        if (room === 0) {
          parts.push([]);
          room = maxPoints;
        }
        const dataPoints = metric.dataPoints.slice(start, start + room);
        addTo(parts.at(-1) ?? [], scope, { ...metric, dataPoints } as MetricData);
        start += dataPoints.length;
        room -= dataPoints.length;
      }
    }
  }
  return parts.map((scopeMetrics) => ({ resource: metrics.resource, scopeMetrics }));
}

function addTo(part: ScopeMetrics[], scope: ScopeMetrics['scope'], metric: MetricData): void {
  const last = part.at(-1);
  if (last?.scope === scope) last.metrics.push(metric);
  else part.push({ scope, metrics: [metric] });
}
