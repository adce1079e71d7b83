import { findDifference } from './find-difference.ts';
import type { FoundRecord } from './find-records.ts';
import type { WantedRecord } from './wanted-records.ts';

export type PlanStep =
  | { action: 'create'; wanted: WantedRecord }
  | { action: 'change'; wanted: WantedRecord; id: string; difference: string }
  | { action: 'leave'; wanted: WantedRecord; id: string };

export interface Plan {
  steps: PlanStep[];
  /** What somebody has to decide first: nothing is done while there is one. */
  conflicts: string[];
  /** Of this stage, and not wanted any more: `destroy` removes them. */
  leftovers: FoundRecord[];
  /** Wanted, there, and switched off by somebody: they cannot fire. */
  switchedOff: FoundRecord[];
}

/** What has to be done so that what is wanted is there, once. */
export function planChanges(
  wanted: readonly WantedRecord[],
  found: readonly FoundRecord[],
  label: string,
): Plan {
  const ours = found.filter((record) => isOurs(record, label));
  const plan: Plan = { steps: [], conflicts: [], leftovers: [], switchedOff: [] };
  for (const record of wanted) {
    const same = (other: FoundRecord) => other.kind === record.kind && other.name === record.name;
    const [own, ...others] = ours.filter(same);
    const foreign = found.find(same);
    if (own !== undefined && others.length === 0) plan.steps.push(...compare(record, own, plan));
    else if (own !== undefined) plan.conflicts.push(tooMany(record, [own, ...others]));
    else if (foreign !== undefined) plan.conflicts.push(notOurs(record, foreign, label));
    else plan.steps.push({ action: 'create', wanted: record });
  }
  plan.leftovers = ours.filter(
    ({ kind, name }) => !wanted.some((record) => record.kind === kind && record.name === name),
  );
  return plan;
}

/** Whether `leadline` made it, for this stage. */
export function isOurs({ description }: FoundRecord, label: string): boolean {
  return description.trimEnd().endsWith(label);
}

function compare(wanted: WantedRecord, found: FoundRecord, plan: Plan): PlanStep[] {
  const { id, fields, kind, name } = found;
  const other = findDifference(wanted.fixed, fields);
  if (other !== undefined) {
    plan.conflicts.push(
      `The ${kind} "${name}" (${id}): ${other}, which cannot be changed. Delete it in OneUptime, then apply.`,
    );
    return [];
  }
  if (!found.active) plan.switchedOff.push(found);
  const difference = findDifference(wanted.data, fields);
  if (difference === undefined) return [{ action: 'leave', wanted, id }];
  return [{ action: 'change', wanted, id, difference }];
}

function tooMany({ kind, name }: WantedRecord, found: readonly FoundRecord[]): string {
  const ids = found.map(({ id }) => id).join(', ');
  return `There are ${found.length} ${kind}s "${name}" (${ids}), and there has to be one. Delete the others in OneUptime, then apply.`;
}

function notOurs({ kind, name }: WantedRecord, { id }: FoundRecord, label: string): string {
  return `There is a ${kind} "${name}" (${id}) that leadline did not make. Rename it in OneUptime; or hand it over by ending its description with ${label}.`;
}
