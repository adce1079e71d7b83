import type { StoredRow } from './oneuptime-stand-in.ts';

const REFERENCES: Record<string, string> = {
  defaultMonitorStatusId: 'monitor-status',
  monitorStatusId: 'monitor-status',
  incidentSeverityId: 'incident-severity',
  alertSeverityId: 'alert-severity',
};

/** An id of a status or severity that the project does not have: OneUptime refuses it. */
export function findReferenceProblem(
  value: unknown,
  tables: Readonly<Record<string, readonly StoredRow[]>>,
): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const table = REFERENCES[key];
    if (table !== undefined && !tables[table]?.some(({ _id }) => _id === inner)) {
      return `${key} ${String(inner)} is not of this project`;
    }
    const problem = findReferenceProblem(inner, tables);
    if (problem !== undefined) return problem;
  }
  return undefined;
}
