import type { MonitoredStage } from '../project/monitored-stage.ts';
import { describeDashboard } from './bodies/dashboard.ts';
import { describeExceptionsSteps } from './bodies/exceptions-monitor.ts';
import { describeHeartbeatSteps } from './bodies/heartbeat-monitor.ts';
import { describeMetricSteps } from './bodies/metric-monitor.ts';
import { CHARTS } from './charts.ts';
import { listMetricWatches } from './metric-watches.ts';
import type { ProjectIds } from './project-ids.ts';

export type RecordKind = 'monitor' | 'dashboard';

/** One record as it has to be. */
export interface WantedRecord {
  kind: RecordKind;
  /** The same in every stage. */
  key: string;
  /** It is found again by its name and the label in its description. */
  name: string;
  /** What only a new record is given. */
  fixed: Readonly<Record<string, unknown>>;
  /** What an existing record is changed to. */
  data: Readonly<Record<string, unknown>>;
}

export const HEARTBEAT = 'heartbeat';

/**
 * Ends the description of whatever was made here. OneUptime's own labels are records with rights of
 * their own, and its source keeps making them for paid plans.
 */
export function labelOf({ serviceName, stage }: MonitoredStage): string {
  return `[leadline:${serviceName}/${stage}]`;
}

/** Everything that a stage has in OneUptime: one dashboard, and monitors that cover all queues and tasks. */
export function listWantedRecords(stage: MonitoredStage, ids: ProjectIds): WantedRecord[] {
  const path = (key: string) => [stage.serviceName, stage.stage, key];
  const nameOf = (title: string) => `${stage.serviceName} ${stage.stage}: ${title}`;
  const describe = (text: string) => `${text} ${labelOf(stage)}`;
  const metricMonitors = listMetricWatches(stage).map(
    (watch): WantedRecord => ({
      kind: 'monitor',
      key: watch.key,
      name: nameOf(watch.title),
      fixed: { monitorType: 'Metrics' },
      data: {
        description: describe(watch.description),
        monitoringInterval: '* * * * *',
        monitorSteps: describeMetricSteps(watch, path(watch.key), stage, ids),
      },
    }),
  );
  return [
    {
      kind: 'dashboard',
      key: 'dashboard',
      name: nameOf('Background tasks'),
      fixed: {},
      data: {
        description: describe('Queues, tasks and workers.'),
        dashboardViewConfig: describeDashboard(CHARTS, path('dashboard'), stage),
      },
    },
    // Before what it watches over: a monitor of the queues is worth nothing once nobody measures.
    {
      kind: 'monitor',
      key: HEARTBEAT,
      name: nameOf('Heartbeat'),
      fixed: { monitorType: 'Incoming Request' },
      data: {
        description: describe('The depth function calls it after each run.'),
        monitorSteps: describeHeartbeatSteps(path(HEARTBEAT), ids),
      },
    },
    ...metricMonitors,
    {
      kind: 'monitor',
      key: 'exceptions',
      name: nameOf('Exceptions'),
      fixed: { monitorType: 'Exceptions' },
      data: {
        description: describe('Exceptions of the service, in all stages that share its name.'),
        monitorSteps: describeExceptionsSteps(path('exceptions'), ids),
      },
    },
  ];
}
