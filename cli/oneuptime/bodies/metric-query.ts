import type { MonitoredStage } from '../../project/monitored-stage.ts';
import { type MetricName, storedName } from '../metrics.ts';

export type Aggregation = 'Sum' | 'Avg' | 'Max' | 'P50' | 'P95' | 'P99';
export type GroupKey = 'queue.name' | 'task.name' | 'signal';

export interface MetricQuery {
  metric: MetricName;
  aggregation: Aggregation;
  /** One series for each value. */
  groupBy: GroupKey;
  /** Only this value of `groupBy`. @default all */
  only?: string;
}

/** One query of a chart or a monitor. `variable` is what filters and formulas call it. */
export function describeQuery(query: MetricQuery, variable: string, stage: MonitoredStage): object {
  const { metric, aggregation, groupBy, only } = query;
  const name = storedName(metric, stage.metricPrefix);
  return {
    metricAliasData: describeAlias(variable, name),
    metricQueryData: {
      filterData: {
        metricName: name,
        // Matched exactly. Without them two services, or two stages, that report to one project
        // would be added up.
        attributes: {
          'resource.service.name': stage.serviceName,
          'resource.deployment.environment.name': stage.stage,
          ...(only !== undefined && { [groupBy]: only }),
        },
        // OneUptime's spelling; with the right one it would chart and compare averages.
        aggegationType: aggregation,
      },
      groupByAttributeKeys: [groupBy],
    },
  };
}

export function describeAlias(variable: string, title: string): object {
  return { metricVariable: variable, title, description: '', legend: '', legendUnit: '' };
}
