import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';

const SCOPE = 'leadline';
/** The semantic conventions' own metrics keep their names. */
const CONVENTIONAL = /^(messaging|faas|http)\./;

/** METRIC_PREFIX: puts a prefix before the names of docs/telemetry.md, e.g. `celery.task.started`. */
export function renameMetrics(metrics: ResourceMetrics, prefix: string): ResourceMetrics {
  if (prefix === '') return metrics;
  const scopeMetrics = metrics.scopeMetrics.map((scope) =>
    scope.scope.name !== SCOPE
      ? scope
      : {
          ...scope,
          metrics: scope.metrics.map((metric) =>
            CONVENTIONAL.test(metric.descriptor.name)
              ? metric
              : {
                  ...metric,
                  descriptor: { ...metric.descriptor, name: prefix + metric.descriptor.name },
                },
          ),
        },
  );
  return { ...metrics, scopeMetrics };
}
