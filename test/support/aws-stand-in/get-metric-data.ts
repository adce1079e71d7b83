import type { AskedMetric, Point } from './aws-world.ts';

interface Query {
  Id: string;
  MetricStat: {
    Metric: { MetricName: string; Dimensions: { Value: string }[] };
    Period: number;
    Stat: string;
  };
}

/**
 * As CloudWatch answers: newest points first, page after page, where a metric may begin on one and
 * go on with the next.
 */
export function getMetricData(
  input: Record<string, unknown>,
  datapoints: (asked: AskedMetric) => readonly Point[],
  pageSize: number,
  onMetrics: (metrics: readonly AskedMetric[]) => void,
) {
  const fromMs = Number(input['StartTime']) * 1_000;
  const toMs = Number(input['EndTime']) * 1_000;
  const queries = input['MetricDataQueries'] as Query[];
  const asked = queries.map(({ MetricStat: { Metric, Period, Stat } }) => ({
    metric: Metric.MetricName,
    of: Metric.Dimensions[0]?.Value ?? '',
    stat: Stat,
    fromMs,
    toMs,
    periodMs: Period * 1_000,
  }));
  const start = Number(input['NextToken'] ?? 0);
  if (start === 0) onMetrics(asked);
  const points = asked.flatMap((metric, index) =>
    datapoints(metric)
      .filter(({ timeMs }) => timeMs >= fromMs && timeMs < toMs)
      .toSorted((a, b) => b.timeMs - a.timeMs)
      .map((point) => ({ index, ...point })),
  );
  const page = Map.groupBy(points.slice(start, start + pageSize), ({ index }) => index);
  const more = start + pageSize < points.length;
  return {
    MetricDataResults: queries.map(({ Id }, index) => ({
      Id,
      StatusCode: more ? 'PartialData' : 'Complete',
      Timestamps: (page.get(index) ?? []).map(({ timeMs }) => timeMs / 1_000),
      Values: (page.get(index) ?? []).map(({ value }) => value),
    })),
    ...(more && { NextToken: String(start + pageSize) }),
  };
}
