import type { MetricData, ResourceMetrics } from '@opentelemetry/sdk-metrics';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toResourceMetrics } from '../../../lib/telemetry/gauge-producer.ts';
import { splitMetrics } from '../../../lib/telemetry/split-metrics.ts';

/** Metrics with so many points each, whose values count on. */
function metricsOf(sizes: readonly number[]): ResourceMetrics {
  let value = 0;
  return toResourceMetrics(
    sizes.flatMap((size, metric) =>
      Array.from({ length: size }, () => ({
        name: `m${metric}`,
        unit: '1',
        description: '',
        value: value++,
        attributes: {},
        timeMs: 0,
      })),
    ),
  );
}

const pointsOf = ({ scopeMetrics }: ResourceMetrics) =>
  scopeMetrics
    .flatMap(({ metrics }): MetricData[] => metrics)
    .flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ value }) => [descriptor.name, value] as const),
    );

it('loses no point and keeps their order, no part with more than that, as few as can be', () => {
  const sizes = fc.array(fc.nat({ max: 40 }), { maxLength: 8 });
  fc.assert(
    fc.property(sizes, fc.integer({ min: 1, max: 50 }), (given, maxPoints) => {
      const whole = metricsOf(given);
      const parts = splitMetrics(whole, maxPoints);
      expect(parts.flatMap(pointsOf)).toEqual(pointsOf(whole));
      expect(parts).toHaveLength(Math.ceil(pointsOf(whole).length / maxPoints));
      for (const part of parts) expect(pointsOf(part).length).toBeLessThanOrEqual(maxPoints);
    }),
  );
});

it('each part has the resource and the scope', () => {
  const whole = metricsOf([3, 3]);
  for (const part of splitMetrics(whole, 2)) {
    expect(part.resource).toBe(whole.resource);
    expect(part.scopeMetrics.map(({ scope }) => scope)).toEqual([whole.scopeMetrics[0]?.scope]);
  }
});
