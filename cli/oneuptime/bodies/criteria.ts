import type { ProjectIds, Urgency } from '../project-ids.ts';
import { recordId } from '../record-id.ts';

export interface Alarm {
  /** An incident has a state and subscribers; an alert only tells the team. */
  as: 'incident' | 'alert';
  /** Of an incident. */
  urgency: Urgency;
  title: string;
  description: string;
}

interface CriteriaOptions {
  /** Names the monitor; begins the path of every id. */
  path: readonly string[];
  ids: ProjectIds;
  condition: 'All' | 'Any';
  name: string;
  description: string;
  filters: readonly object[];
}

/** What makes a monitor degraded, and tells somebody. */
export function describeAlarmCriteria(options: CriteriaOptions & { alarm: Alarm }): object {
  const { path, ids, alarm } = options;
  const template = { title: alarm.title, description: alarm.description };
  const incident = {
    id: recordId(...path, 'incident'),
    ...template,
    incidentSeverityId: ids.incidentSeverity[alarm.urgency],
    autoResolveIncident: true,
    onCallPolicyIds: [],
  };
  const alert = {
    id: recordId(...path, 'alert'),
    ...template,
    alertSeverityId: ids.alertSeverity,
    autoResolveAlert: true,
  };
  return describeCriteria(options, {
    part: 'alarm',
    status: ids.degradedStatus,
    incidents: alarm.as === 'incident' ? [incident] : [],
    alerts: alarm.as === 'alert' ? [alert] : [],
  });
}

/** What makes it well again: without it, what was opened is never resolved. */
export function describeHealthyCriteria(options: CriteriaOptions): object {
  const status = options.ids.operationalStatus;
  return describeCriteria(options, { part: 'healthy', status, incidents: [], alerts: [] });
}

function describeCriteria(
  { path, condition, name, description, filters }: CriteriaOptions,
  outcome: { part: string; status: string; incidents: object[]; alerts: object[] },
): object {
  const { part, status, incidents, alerts } = outcome;
  return {
    _type: 'MonitorCriteriaInstance',
    value: {
      filterCondition: condition,
      isEnabled: true,
      changeMonitorStatus: true,
      createIncidents: incidents.length > 0,
      createAlerts: alerts.length > 0,
      incidents,
      alerts,
      id: recordId(...path, part),
      name,
      description,
      monitorStatusId: status,
      filters,
    },
  };
}
