import type { MonitoredStage } from '../../project/monitored-stage.ts';
import type { ProjectIds } from '../project-ids.ts';
import { describeAlarmCriteria, describeHealthyCriteria } from './criteria.ts';
import { describeAlias, describeQuery } from './metric-query.ts';
import type { MetricWatch } from './metric-watch.ts';
import { describeMonitorSteps } from './monitor-steps.ts';

/** What is compared with one threshold. */
interface Compared {
  /** The one queue or task that the threshold is for. @default all */
  only?: string;
  threshold: number;
  /** The query or the formula that has the value. */
  variable: string;
  queries: object[];
  formulas: object[];
}

/** `monitorSteps` of a metric monitor. */
export function describeMetricSteps(
  watch: MetricWatch,
  path: readonly string[],
  stage: MonitoredStage,
  ids: ProjectIds,
): object {
  const compared = compare(watch, stage);
  const metricMonitor = {
    rollingTime: watch.window,
    metricViewConfig: {
      queryConfigs: compared.flatMap(({ queries }) => queries),
      formulaConfigs: compared.flatMap(({ formulas }) => formulas),
    },
  };
  const { noData, fires, alarm, description } = watch;
  const filters = (filterType: string, holds: MetricWatch['fires']) =>
    compared.map(({ variable, threshold }) => ({
      checkOn: 'Metric Value',
      filterType,
      value: threshold,
      metricMonitorOptions: {
        metricAlias: variable,
        metricAggregationType: holds,
        onNoDataPolicy: noData,
      },
    }));
  const common = { path, ids };
  return describeMonitorSteps(path, ids, { metricMonitor }, [
    describeAlarmCriteria({
      ...common,
      alarm,
      condition: 'Any',
      name: `${watch.title}: over`,
      description,
      filters: filters('Greater Than', fires),
    }),
    describeHealthyCriteria({
      ...common,
      // Each series is held against all filters, and has data for its own alone. Where no data is
      // zero the others are met by that, so its own decides only if all have to be.
      condition: noData === 'Treat As Zero' ? 'All' : 'Any',
      name: `${watch.title}: well`,
      description: 'At or under the threshold.',
      filters: filters(
        'Less Than Or Equal To',
        fires === 'All Values' ? 'Any Value' : 'All Values',
      ),
    }),
  ]);
}

/**
 * One comparison where all have the same threshold, else one for each: then what `besides` names
 * would be in none.
 */
function compare(watch: MetricWatch, stage: MonitoredStage): Compared[] {
  const { metric, dividedBy, aggregation, groupBy, besides } = watch;
  const entries = Object.entries(watch.thresholds);
  const different = new Set(entries.map(([, threshold]) => threshold));
  const wanted: { only?: string; threshold: number }[] =
    different.size === 1
      ? entries.slice(0, 1).map(([, threshold]) => ({ threshold }))
      : entries.map(([only, threshold]) => ({ only, threshold }));
  if (different.size > 1 && besides !== undefined && !(besides.only in watch.thresholds)) {
    wanted.push(besides);
  }
  const variables = nameVariables();
  return wanted.map(({ only, threshold }) => {
    const one = { aggregation, groupBy, ...(only !== undefined && { only }) };
    const a = variables.next().value;
    const queries = [describeQuery({ ...one, metric }, a, stage)];
    if (dividedBy === undefined) {
      return { threshold, variable: a, queries, formulas: [] };
    }
    const b = variables.next().value;
    const ratio = variables.next().value;
    queries.push(describeQuery({ ...one, metric: dividedBy }, b, stage));
    const formula = {
      metricAliasData: describeAlias(ratio, watch.title),
      metricFormulaData: { metricFormula: `${a} / ${b}` },
    };
    return { threshold, variable: ratio, queries, formulas: [formula] };
  });
}

/** a, b, … z, a1, b1, … */
function* nameVariables(): Generator<string, never> {
  for (let round = 0; ; round += 1) {
    for (const letter of 'abcdefghijklmnopqrstuvwxyz') yield round === 0 ? letter : letter + round;
  }
}
