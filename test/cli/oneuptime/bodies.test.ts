import { describe, expect, test } from 'vitest';
import { criteriaOf, monitorOf, stepOf } from '../../support/oneuptime-project.ts';

/**
 * The forms that OneUptime's parser and evaluator have accepted: exactly these keys, since what it
 * does not know it drops, and what is missing it does without.
 */
describe('a metric monitor', () => {
  const monitor = monitorOf('queue-depth');

  test('has the keys of one', () => {
    expect(Object.keys(monitor).sort()).toEqual(
      ['description', 'monitorSteps', 'monitorType', 'monitoringInterval', 'name'].sort(),
    );
    expect(monitor.monitorType).toBe('Metrics');
    expect(monitor.monitoringInterval).toBe('* * * * *');
    expect(monitor.monitorSteps._type).toBe('MonitorSteps');
    expect(Object.keys(stepOf(monitor))).toEqual(['id', 'metricMonitor', 'monitorCriteria']);
  });

  test('has one query of the metric', () => {
    const { metricMonitor } = stepOf(monitor);
    expect(metricMonitor).toEqual({
      rollingTime: 'Past 5 Minutes',
      metricViewConfig: {
        queryConfigs: [
          {
            metricAliasData: {
              metricVariable: 'a',
              title: 'queue.depth',
              description: '',
              legend: '',
              legendUnit: '',
            },
            metricQueryData: {
              filterData: {
                metricName: 'queue.depth',
                attributes: {
                  'resource.service.name': 'leadline',
                  'resource.deployment.environment.name': 'dev',
                },
                aggegationType: 'Max',
              },
              groupByAttributeKeys: ['queue.name'],
            },
          },
        ],
        formulaConfigs: [],
      },
    });
  });

  test('fires over the threshold, as an incident', () => {
    const { alarm } = criteriaOf(monitor);
    const { id, name, description, incidents, ...rest } = alarm;
    expect(rest).toEqual({
      filterCondition: 'Any',
      isEnabled: true,
      changeMonitorStatus: true,
      createIncidents: true,
      createAlerts: false,
      alerts: [],
      monitorStatusId: 'degraded',
      filters: [
        {
          checkOn: 'Metric Value',
          filterType: 'Greater Than',
          value: 1000,
          metricMonitorOptions: {
            metricAlias: 'a',
            metricAggregationType: 'All Values',
            onNoDataPolicy: 'Ignore',
          },
        },
      ],
    });
    expect(Object.keys(incidents[0])).toEqual([
      'id',
      'title',
      'description',
      'incidentSeverityId',
      'autoResolveIncident',
      'onCallPolicyIds',
    ]);
  });
});

test('an exceptions monitor has the keys of one, and fires as an alert', () => {
  const monitor = monitorOf('exceptions');
  expect(monitor.monitorType).toBe('Exceptions');
  expect(stepOf(monitor).exceptionMonitor).toEqual({
    telemetryServiceIds: [],
    entityKeys: [],
    exceptionTypes: [],
    message: '',
    includeResolved: false,
    includeArchived: false,
    lastXSecondsOfExceptions: 300,
  });
  const { alarm } = criteriaOf(monitor);
  expect(alarm.filters).toEqual([
    { checkOn: 'Exception Count', filterType: 'Greater Than', value: 10 },
  ]);
  expect(Object.keys(alarm.alerts[0])).toEqual([
    'id',
    'title',
    'description',
    'alertSeverityId',
    'autoResolveAlert',
  ]);
});

test('a heartbeat monitor watches nothing but the request', () => {
  const monitor = monitorOf('heartbeat');
  expect(monitor.monitorType).toBe('Incoming Request');
  expect(Object.keys(stepOf(monitor))).toEqual(['id', 'monitorCriteria']);
});

describe('the dashboard', () => {
  const { components, ...view } = monitorOf('dashboard').dashboardViewConfig;

  test('has charts that do not overlap, two beside each other', () => {
    expect(view).toEqual({
      _type: 'DashboardViewConfig',
      heightInDashboardUnits: 60,
      refreshInterval: '1m',
    });
    const places = new Set<string>();
    for (const component of components) {
      expect(component.leftInDashboardUnits + component.widthInDashboardUnits).toBeLessThan(13);
      expect(component.topInDashboardUnits % component.heightInDashboardUnits).toBe(0);
      places.add(`${component.topInDashboardUnits}/${component.leftInDashboardUnits}`);
    }
    expect(places.size).toBe(components.length);
  });

  test('shows these, one after the other, and nothing else', () => {
    const shown = components.map(
      // biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
      ({ arguments: { chartTitle, chartType, metricQueryConfig } }: any) => {
        const { filterData, groupByAttributeKeys } = metricQueryConfig.metricQueryData;
        expect([chartTitle, chartType]).toEqual([expect.stringMatching(/^[A-Z]/), 'Line']);
        return `${filterData.metricName} ${filterData.aggegationType} ${groupByAttributeKeys}`;
      },
    );
    expect(shown).toEqual([
      'queue.depth Max queue.name',
      'queue.oldest_message.age Max queue.name',
      'queue.in_flight Max queue.name',
      'queue.dead_letters Max queue.name',
      'task.started Sum task.name',
      'task.completed Sum task.name',
      'task.failed Sum task.name',
      'task.retries Sum task.name',
      'task.duration P50 task.name',
      'task.wait P50 task.name',
      'task.duration P95 task.name',
      'task.wait P95 task.name',
      'task.duration P99 task.name',
      'task.wait P99 task.name',
      'queue.messages.sent Max queue.name',
      'queue.messages.deleted Max queue.name',
      'workers.active Max queue.name',
      'worker.errors Max queue.name',
      'worker.throttles Max queue.name',
      'queue.sample_errors Sum queue.name',
      'telemetry.dropped Sum signal',
    ]);
  });
});
