import type { ProjectIds } from '../../cli/oneuptime/project-ids.ts';
import { listWantedRecords, type WantedRecord } from '../../cli/oneuptime/wanted-records.ts';
import type { MonitoredStage } from '../../cli/project/monitored-stage.ts';
import { readStage } from '../../cli/project/read-stage.ts';
import { tasks } from '../../functions/tasks/index.ts';
import { describeStage } from '../../infra/config.ts';

// biome-ignore lint/suspicious/noExplicitAny: what is written in the place of a setting.
type Overrides = Record<string, any>;

/** The repository's own stage, with some settings otherwise. */
export function exampleStage(overrides: Overrides = {}): MonitoredStage {
  return readStage({ ...describeStage('dev'), ...overrides }, tasks, 'dev');
}

export const IDS: ProjectIds = {
  operationalStatus: 'operational',
  degradedStatus: 'degraded',
  incidentSeverity: { high: 'critical', low: 'minor' },
  alertSeverity: 'low',
};

export function exampleRecords(overrides: Overrides = {}): WantedRecord[] {
  return listWantedRecords(exampleStage(overrides), IDS);
}

/** The records of a stage that has every monitor: with task state, and a task with a schedule. */
export function everyRecord(): WantedRecord[] {
  const stage = exampleStage({ taskState: true });
  const scheduled = stage.tasks.map((task) => ({ ...task, scheduled: true }));
  return listWantedRecords({ ...stage, tasks: scheduled }, IDS);
}

// biome-ignore lint/suspicious/noExplicitAny: JSON of whatever form a test expects.
type Json = any;

export function monitorOf(key: string, overrides: Overrides = {}): Json {
  const record = exampleRecords(overrides).find((each) => each.key === key);
  if (record === undefined) throw new Error(`There is no record ${key}.`);
  return { ...record.fixed, ...record.data, name: record.name };
}

/** The one step of a monitor. */
export function stepOf(monitor: Json): Json {
  return monitor.monitorSteps.value.monitorStepsInstanceArray[0].value;
}

/** What it is to fire by, and what it is to be well by. */
export function criteriaOf(monitor: Json): { alarm: Json; healthy: Json } {
  const [alarm, healthy] = stepOf(monitor).monitorCriteria.value.monitorCriteriaInstanceArray.map(
    ({ value }: Json) => value,
  );
  return { alarm, healthy };
}
