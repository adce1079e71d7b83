import type { OneUptimeApi } from './api/oneuptime-api.ts';
import type { RecordKind } from './wanted-records.ts';

/** One record as it is. */
export interface FoundRecord {
  kind: RecordKind;
  id: string;
  name: string;
  description: string;
  /** Whether it counts against the plan. */
  active: boolean;
  fields: Readonly<Record<string, unknown>>;
}

const FIELDS: Record<RecordKind, readonly string[]> = {
  monitor: ['monitorType', 'monitoringInterval', 'monitorSteps', 'disableActiveMonitoring'],
  dashboard: ['dashboardViewConfig'],
};

/** Every monitor and dashboard of the project, whoever made it. */
export async function findRecords(api: OneUptimeApi): Promise<FoundRecord[]> {
  const kinds: RecordKind[] = ['dashboard', 'monitor'];
  const found = await Promise.all(
    kinds.map(async (kind) => {
      const rows = await api.list(kind, ['name', 'description', ...FIELDS[kind]]);
      return rows.map(
        (row): FoundRecord => ({
          kind,
          id: row._id,
          name: String(row['name'] ?? ''),
          description: String(row['description'] ?? ''),
          active: row['disableActiveMonitoring'] !== true,
          fields: row,
        }),
      );
    }),
  );
  return found.flat();
}
