import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

/** The points of all metrics, which is what a backend counts. */
export function countPoints({ scopeMetrics }: ResourceMetrics): number {
  let count = 0;
  for (const { metrics } of scopeMetrics) {
    for (const { dataPoints } of metrics) count += dataPoints.length;
  }
  return count;
}

/** The points from `start` to before `end`, with their metrics and scopes; what is left empty goes. */
export function slicePoints(
  { resource, scopeMetrics }: ResourceMetrics,
  start: number,
  end: number,
): ResourceMetrics {
  let at = 0;
  const scopes = scopeMetrics.map(({ scope, metrics }) => ({
    scope,
    metrics: metrics
      .map((metric) => {
        const from = Math.max(0, start - at);
        const to = Math.max(0, end - at);
        at += metric.dataPoints.length;
        return { ...metric, dataPoints: metric.dataPoints.slice(from, to) } as typeof metric;
      })
      .filter(({ dataPoints }) => dataPoints.length > 0),
  }));
  return { resource, scopeMetrics: scopes.filter(({ metrics }) => metrics.length > 0) };
}
