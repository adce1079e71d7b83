import { checkFreePlan } from '../../oneuptime/check-free-plan.ts';
import { findProjectIds } from '../../oneuptime/find-project-ids.ts';
import { findRecords } from '../../oneuptime/find-records.ts';
import { type Plan, planChanges } from '../../oneuptime/plan-changes.ts';
import { listWantedRecords } from '../../oneuptime/wanted-records.ts';
import type { Terminal } from '../../terminal.ts';
import type { OpenProject } from './open-project.ts';

export interface MadePlan extends Plan {
  /** What to know before it is applied. */
  warnings: string[];
}

/** Reads OneUptime, and changes nothing. */
export async function makePlan({ api, stage, label }: OpenProject): Promise<MadePlan> {
  const [ids, found] = await Promise.all([
    findProjectIds(api, stage.serviceName),
    findRecords(api),
  ]);
  const plan = planChanges(listWantedRecords(stage, ids), found, label);
  const leftovers = plan.leftovers.map(
    ({ kind, name }) =>
      `The ${kind} "${name}" is not wanted any more. "leadline oneuptime destroy" removes it, with all others of the stage.`,
  );
  const switchedOff = plan.switchedOff.map(
    ({ kind, name }) =>
      `The ${kind} "${name}" is switched off in OneUptime, and cannot fire. Switch it on there: apply does not.`,
  );
  return { ...plan, warnings: [...checkFreePlan(plan, found), ...switchedOff, ...leftovers] };
}

/** Conflicts and warnings, on stderr. */
export function tellProblems({ conflicts, warnings }: MadePlan, terminal: Terminal): void {
  const warning = terminal.style('yellow', 'warning', 'stderr');
  const problem = terminal.style('red', 'problem', 'stderr');
  for (const text of warnings) terminal.complain(`${warning}  ${text}`);
  for (const text of conflicts) terminal.complain(`${problem}  ${text}`);
}
