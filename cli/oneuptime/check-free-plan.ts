import type { FoundRecord } from './find-records.ts';
import type { Plan } from './plan-changes.ts';
import type { RecordKind } from './wanted-records.ts';

const FREE_PLAN: Record<RecordKind, number> = { monitor: 10, dashboard: 1 };

/** What would not fit OneUptime's free plan; nothing where all does. Self-hosted has no plan. */
export function checkFreePlan({ steps }: Plan, found: readonly FoundRecord[]): string[] {
  const kinds: RecordKind[] = ['monitor', 'dashboard'];
  return kinds.flatMap((kind) => {
    const there = found.filter((record) => record.kind === kind && record.active).length;
    const created = steps.filter(
      ({ action, wanted }) => action === 'create' && wanted.kind === kind,
    ).length;
    const allowed = FREE_PLAN[kind];
    if (created === 0 || there + created <= allowed) return [];
    const what = kind === 'monitor' ? 'active monitors' : 'dashboards';
    return `${there + created} ${what} do not fit OneUptime's free plan, which has ${allowed}: ${there} are there, ${created} would be created. Delete others, take a paid plan, or give the stage a project of its own. A self-hosted OneUptime has no such limit.`;
  });
}
