import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import type { PlanStep } from '../../oneuptime/plan-changes.ts';
import type { Style } from '../../terminal.ts';
import { makePlan, tellProblems } from './make-plan.ts';
import { openProject } from './open-project.ts';

const STYLES: Record<PlanStep['action'], Style> = {
  create: 'green',
  change: 'yellow',
  leave: 'dim',
};

/** `leadline oneuptime plan`: code 1 where a conflict keeps it from being applied. */
export async function showPlan(
  context: CommandContext,
  ending: Ending,
  { stage, json }: { stage: string; json?: boolean },
): Promise<void> {
  const { terminal } = context;
  const project = await openProject(context, stage);
  const plan = await makePlan(project);
  if (plan.conflicts.length > 0) ending.code = 1;
  if (json) {
    const steps = plan.steps.map(({ action, wanted: { kind, key, name }, ...rest }) => ({
      action,
      kind,
      key,
      name,
      ...rest,
    }));
    const { conflicts, warnings } = plan;
    const answer = { stage: project.stage.stage, steps, conflicts, warnings };
    return terminal.print(JSON.stringify(answer, undefined, 2));
  }
  for (const step of plan.steps) {
    const action = terminal.style(STYLES[step.action], step.action.padEnd(6));
    terminal.print(`${action}  ${step.wanted.kind.padEnd(9)}  ${step.wanted.name}`);
    if (step.action === 'change') terminal.print(`        ${step.difference}`);
  }
  const count = (action: PlanStep['action']) =>
    plan.steps.filter((step) => step.action === action).length;
  terminal.print(
    `${count('create')} to create, ${count('change')} to change, ${count('leave')} to leave.`,
  );
  tellProblems(plan, terminal);
}
