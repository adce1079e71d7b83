import type { OneUptimeApi, Row } from './api/oneuptime-api.ts';
import { RequestFailed } from './api/request-failed.ts';
import type { ProjectIds } from './project-ids.ts';

/**
 * Looks up what records refer to: OneUptime refuses an id that it does not know.
 *
 * @throws Error where the project lacks a status or a severity.
 */
export async function findProjectIds(api: OneUptimeApi, serviceName: string): Promise<ProjectIds> {
  const [statuses, incidentSeverities, alertSeverities, services] = await Promise.all([
    api.list('monitor-status', ['name', 'priority', 'isOperationalState', 'isOfflineState']),
    api.list('incident-severity', ['name', 'order']),
    api.list('alert-severity', ['name', 'order']),
    api.list('service', ['name']).catch(withoutServices),
  ]);
  const operational = statuses.find((status) => status['isOperationalState'] === true);
  const others = sorted(statuses, 'priority').filter((status) => status !== operational);
  // By default a project has Operational, Degraded and Offline. Work that waits is not lost.
  const degraded = others.find((status) => status['isOfflineState'] !== true) ?? others[0];
  const incidents = sorted(incidentSeverities, 'order');
  const alerts = sorted(alertSeverities, 'order');
  const service = services.find(({ name }) => name === serviceName);
  return {
    operationalStatus: idOf(operational, 'a monitor status that is operational'),
    degradedStatus: idOf(degraded, 'a second monitor status, as Degraded'),
    incidentSeverity: {
      high: idOf(incidents.at(0), 'an incident severity'),
      low: idOf(incidents.at(-1), 'an incident severity'),
    },
    alertSeverity: idOf(alerts.at(-1), 'an alert severity'),
    ...(service && { service: service._id }),
  };
}

/** The most severe first. */
function sorted(rows: readonly Row[], field: string): Row[] {
  return rows.toSorted((a, b) => Number(a[field] ?? 0) - Number(b[field] ?? 0));
}

function idOf(row: Row | undefined, what: string): string {
  if (row !== undefined) return row._id;
  throw new Error(`The OneUptime project lacks ${what}. Add it in the project's settings.`);
}

/** A self-hosted OneUptime may be older than this route: exceptions are then those of the project. */
function withoutServices(error: unknown): Row[] {
  if (error instanceof RequestFailed && error.status === 404) return [];
  throw error;
}
