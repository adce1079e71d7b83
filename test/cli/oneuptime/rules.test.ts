import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { CHARTS } from '../../../cli/oneuptime/charts.ts';
import { listMetricWatches } from '../../../cli/oneuptime/metric-watches.ts';
import { METRICS } from '../../../cli/oneuptime/metrics.ts';
import {
  criteriaOf,
  exampleRecords,
  exampleStage,
  IDS,
  monitorOf,
  stepOf,
} from '../../support/oneuptime-project.ts';
import { repository } from '../../support/repository.ts';

/** The rules that OneUptime does not check: what breaks one is accepted and never fires. */

// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
type Json = any;

/** With thresholds that differ, so that there are queries and filters for each queue and task. */
const VARIED = {
  metricPrefix: 'Celery.',
  queues: {
    high: { thresholds: { depth: 10, inFlight: 5, deadLetters: 1 } },
    default: {},
    low: { thresholds: { oldestMessageAgeSeconds: 3600 } },
  },
  tasks: {
    process_order: { thresholds: { failureRate: 0.5, retriesPerMinute: 7, p95DurationMs: 1500 } },
  },
};
const records = [...exampleRecords(), ...exampleRecords(VARIED)];
const monitors: Json[] = records.filter(({ kind }) => kind === 'monitor').map(({ data }) => data);
const everything: Json[] = records.map(({ data }) => data);

test('metric names are in lower case, the prefix too', () => {
  const names = valuesOf(everything, 'metricName');
  expect(names).toContain('celery.queue.depth');
  expect(names).toContain('queue.depth');
  expect(names.filter((name) => name !== String(name).toLowerCase())).toEqual([]);
});

test('thresholds are JSON numbers, and not texts that parseInt would cut', () => {
  const thresholds = valuesOf(everything, 'filters').flatMap((filters: Json) =>
    filters.map(({ value }: Json) => value),
  );
  expect(thresholds).toContain(0.05);
  expect(thresholds.filter((threshold) => typeof threshold !== 'number')).toEqual([]);
});

test('aggregations are in aggegationType, spelt so', () => {
  const filters = valuesOf(everything, 'filterData') as Json[];
  const used = new Set(filters.map(({ aggegationType }) => aggegationType));
  expect([...used].toSorted()).toEqual(['Max', 'P50', 'P95', 'P99', 'Sum']);
  expect(JSON.stringify(everything)).not.toMatch(/aggregationType/);
});

test('metricAggregationType is All Values or Any Value, and nothing else', () => {
  const used = new Set(valuesOf(everything, 'metricAggregationType'));
  expect([...used].toSorted()).toEqual(['All Values', 'Any Value']);
});

test('every step, criteria and template has an id of its own', () => {
  for (const { data, kind } of exampleRecords(VARIED)) {
    if (kind !== 'monitor') continue;
    const step = stepOf(data);
    const { alarm, healthy } = criteriaOf(data);
    const identified = [step, alarm, healthy, ...alarm.incidents, ...alarm.alerts];
    const ids = identified.map(({ id }: Json) => id);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
  }
});

test('no id is shared by two records, nor by two stages', () => {
  const stages = [exampleRecords(), exampleRecords({ stage: 'prod' })].flat();
  const ids = stages.flatMap(({ data }) => [
    ...valuesOf(data, 'id'),
    ...valuesOf(data, 'componentId').map(({ value }: Json) => value),
  ]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('first step only: a monitor has one step, since no other is evaluated', () => {
  for (const { monitorSteps } of monitors) {
    expect(monitorSteps.value.monitorStepsInstanceArray).toHaveLength(1);
  }
});

test('evaluated once a minute in 1-minute buckets: each looks at whole minutes, every minute', () => {
  const metric = monitors.filter((monitor) => stepOf(monitor).metricMonitor !== undefined);
  expect(metric).toHaveLength(14);
  for (const monitor of metric) {
    expect(monitor.monitoringInterval).toBe('* * * * *');
    expect(stepOf(monitor).metricMonitor.rollingTime).toMatch(/^Past (5|10) Minutes$/);
  }
});

test('ids are the same each time, so that an open incident finds the criteria that opened it', () => {
  expect(exampleRecords()).toEqual(exampleRecords());
});

test('every monitor has a healthy criteria, which is met exactly when the alarm is not', () => {
  const opposites: Record<string, string> = {
    'Greater Than': 'Less Than Or Equal To',
    'Not Recieved In Minutes': 'Recieved In Minutes',
  };
  for (const monitor of monitors) {
    const { alarm, healthy } = criteriaOf(monitor);
    expect(healthy.monitorStatusId).toBe(IDS.operationalStatus);
    expect(healthy.isEnabled && healthy.changeMonitorStatus).toBe(true);
    expect(healthy.filters).toHaveLength(alarm.filters.length);
    for (const [index, filter] of alarm.filters.entries()) {
      const opposite = healthy.filters[index];
      expect(opposite.filterType).toBe(opposites[filter.filterType]);
      expect(opposite.value).toBe(filter.value);
      const { metricMonitorOptions: options } = filter;
      if (options === undefined) continue;
      expect(opposite.metricMonitorOptions.metricAlias).toBe(options.metricAlias);
      expect(
        [options, opposite.metricMonitorOptions].map((each) => each.metricAggregationType).sort(),
      ).toEqual(['All Values', 'Any Value']);
    }
  }
});

test('every monitor has a defaultMonitorStatusId, an operational one', () => {
  for (const { monitorSteps } of monitors) {
    expect(monitorSteps.value.defaultMonitorStatusId).toBe(IDS.operationalStatus);
  }
});

test('every alarm resolves by itself what it opened', () => {
  for (const monitor of monitors) {
    const { alarm } = criteriaOf(monitor);
    const opened = [...alarm.incidents, ...alarm.alerts];
    expect(opened).toHaveLength(1);
    expect(opened[0].autoResolveIncident ?? opened[0].autoResolveAlert).toBe(true);
    expect(alarm.createIncidents).toBe(alarm.incidents.length === 1);
    expect(alarm.createAlerts).toBe(alarm.alerts.length === 1);
  }
});

test('a heartbeat is beside every depth monitor: a dead sender resolves its own incident', () => {
  const keys = exampleRecords().map(({ key }) => key);
  expect(keys).toContain('queue-depth');
  expect(keys.indexOf('heartbeat')).toBeGreaterThanOrEqual(0);
  expect(keys.indexOf('heartbeat')).toBeLessThan(keys.indexOf('queue-depth'));
});

test('the heartbeat is Recieved In Minutes, spelt so', () => {
  const { alarm, healthy } = criteriaOf(monitorOf('heartbeat'));
  expect(alarm.filters).toEqual([
    { checkOn: 'Incoming Request', filterType: 'Not Recieved In Minutes', value: 10 },
  ]);
  expect(healthy.filters).toEqual([
    { checkOn: 'Incoming Request', filterType: 'Recieved In Minutes', value: 10 },
  ]);
});

test('no data is zero of counters alone: of a gauge it is nothing that anybody knows', () => {
  for (const { metric, dividedBy, noData } of listMetricWatches(exampleStage())) {
    const counters = [metric, dividedBy ?? metric].every((name) => METRICS[name] === 'counter');
    expect([metric, noData]).toEqual([metric, counters ? 'Treat As Zero' : 'Ignore']);
  }
});

test('counters are charted with Sum, gauges and those of a minute with Avg or Max', () => {
  for (const { metric, aggregation } of CHARTS) {
    const allowed = {
      counter: ['Sum'],
      gauge: ['Avg', 'Max'],
      'gauge per minute': ['Avg', 'Max'],
      histogram: ['P50', 'P95', 'P99'],
    }[METRICS[metric]];
    expect(allowed, metric).toContain(aggregation);
  }
});

test('what is charted and watched is what docs/telemetry.md promises, of the type that it says', () => {
  const docs = readFileSync(join(repository, 'docs/telemetry.md'), 'utf8');
  for (const [metric, type] of Object.entries(METRICS)) {
    const [, documented, unit] =
      new RegExp(`^\\| \`${metric.replaceAll('.', '\\.')}\` \\| (\\w+) \\| \`([^\`]+)\``, 'm').exec(
        docs,
      ) ?? [];
    const perMinute = unit?.endsWith('/min') ? ' per minute' : '';
    expect(`${documented}${perMinute}`, metric).toBe(type);
  }
});

test('one incident a queue and a task: every query is grouped', () => {
  for (const query of valuesOf(monitors, 'metricQueryData') as Json[]) {
    expect(['queue.name', 'task.name']).toContain(query.groupByAttributeKeys[0]);
    expect(query.groupByAttributeKeys).toHaveLength(1);
  }
});

test('every query is of one service and one stage, so that those of a project are not added up', () => {
  const shop = exampleRecords({ serviceName: 'shop', stage: 'prod' }).map(({ data }) => data);
  const of = (bodies: Json[]) =>
    (valuesOf(bodies, 'metricQueryData') as Json[]).map(({ filterData: { attributes } }) => [
      attributes['resource.service.name'],
      attributes['resource.deployment.environment.name'],
    ]);
  expect(of(everything).length).toBeGreaterThan(30);
  for (const narrowed of of(everything)) expect(narrowed).toEqual(['leadline', 'dev']);
  for (const narrowed of of(shop)) expect(narrowed).toEqual(['shop', 'prod']);
});

describe('the failure rate', () => {
  test('is failed by attempts, as a formula over two queries of the same task', () => {
    const { metricViewConfig } = stepOf(monitorOf('failure-rate')).metricMonitor;
    const [failed, attempts] = metricViewConfig.queryConfigs;
    expect(failed.metricQueryData.filterData.metricName).toBe('task.failed');
    expect(attempts.metricQueryData.filterData.metricName).toBe('task.attempts');
    const [{ metricAliasData, metricFormulaData }] = metricViewConfig.formulaConfigs;
    const variables = [failed, attempts].map((query) => query.metricAliasData.metricVariable);
    expect(metricFormulaData.metricFormula).toBe(variables.join(' / '));
    const { alarm } = criteriaOf(monitorOf('failure-rate'));
    expect(alarm.filters[0].metricMonitorOptions.metricAlias).toBe(metricAliasData.metricVariable);
  });

  test('has a formula for each task where thresholds differ', () => {
    const monitor = monitorOf('failure-rate', VARIED);
    const { formulaConfigs } = stepOf(monitor).metricMonitor.metricViewConfig;
    expect(formulaConfigs.map(({ metricFormulaData }: Json) => metricFormulaData)).toEqual([
      { metricFormula: 'a / b' },
      { metricFormula: 'd / e' },
      { metricFormula: 'g / h' },
    ]);
    const { alarm } = criteriaOf(monitor);
    expect(
      alarm.filters.map(({ value, metricMonitorOptions }: Json) => [
        metricMonitorOptions.metricAlias,
        value,
      ]),
    ).toEqual([
      ['c', 0.5],
      ['f', 0.05],
      ['i', 0.05],
    ]);
  });
});

test('the oldest message is looked at over 10 minutes, since its figures are 3 minutes late', () => {
  expect(stepOf(monitorOf('oldest-message')).metricMonitor.rollingTime).toBe('Past 10 Minutes');
});

test('the exceptions are those of the service once OneUptime knows it', () => {
  expect(stepOf(monitorOf('exceptions')).exceptionMonitor.telemetryServiceIds).toEqual([]);
});

/** Every value of `key` in there, however deep. */
function valuesOf(value: unknown, key: string): Json[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => [
    ...(name === key ? [inner] : []),
    ...valuesOf(inner, key),
  ]);
}
