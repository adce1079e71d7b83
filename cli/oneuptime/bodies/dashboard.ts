import type { MonitoredStage } from '../../project/monitored-stage.ts';
import { recordId } from '../record-id.ts';
import { describeQuery, type MetricQuery } from './metric-query.ts';

export interface Chart extends MetricQuery {
  title: string;
}

/** Of the 12 units that a dashboard is wide. */
const WIDTH = 6;
const HEIGHT = 4;

/** `dashboardViewConfig`: the charts in two columns. */
export function describeDashboard(
  charts: readonly Chart[],
  path: readonly string[],
  stage: MonitoredStage,
): object {
  return {
    _type: 'DashboardViewConfig',
    heightInDashboardUnits: Math.max(60, Math.ceil(charts.length / 2) * HEIGHT),
    refreshInterval: '1m',
    components: charts.map((chart, index) => ({
      _type: 'DashboardComponent',
      componentType: 'Chart',
      componentId: { _type: 'ObjectID', value: recordId(...path, chart.title) },
      topInDashboardUnits: Math.floor(index / 2) * HEIGHT,
      leftInDashboardUnits: (index % 2) * WIDTH,
      widthInDashboardUnits: WIDTH,
      heightInDashboardUnits: HEIGHT,
      minWidthInDashboardUnits: WIDTH,
      minHeightInDashboardUnits: 3,
      arguments: {
        chartTitle: chart.title,
        chartType: 'Line',
        metricQueryConfig: describeQuery(chart, 'a', stage),
      },
    })),
  };
}
