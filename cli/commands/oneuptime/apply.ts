import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { type Applied, applyPlan } from '../../oneuptime/apply-plan.ts';
import { readHeartbeatUrl } from '../../oneuptime/read-heartbeat-url.ts';
import { HEARTBEAT } from '../../oneuptime/wanted-records.ts';
import { writeParameter } from '../../oneuptime/write-parameter.ts';
import type { MonitoredStage } from '../../project/monitored-stage.ts';
import type { Style, Terminal } from '../../terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { makePlan, tellProblems } from './make-plan.ts';
import { type OpenProject, openProject } from './open-project.ts';

interface ApplyOptions {
  stage: string;
  json?: boolean;
  writeParameter?: string;
}

const STYLES: Record<Applied['action'], Style> = {
  created: 'green',
  changed: 'yellow',
  left: 'dim',
};

/** `leadline oneuptime apply`: code 1 where it could not do all; what it did is said, and stays. */
export async function applyChanges(
  context: CommandContext,
  ending: Ending,
  options: ApplyOptions,
): Promise<void> {
  const { terminal } = context;
  const { json = false, writeParameter: parameter } = options;
  checkParameterName(parameter);
  const project = await openProject(context, options.stage);
  checkParameterIsFree(parameter, project.stage);
  const plan = await makePlan(project);
  const applied: Applied[] = [];
  const report = (rest: object) => {
    const { warnings, conflicts } = plan;
    const answer = { stage: project.stage.stage, applied, warnings, conflicts, ...rest };
    if (json) terminal.print(JSON.stringify(answer, undefined, 2));
  };
  if (!json) tellProblems(plan, terminal);
  if (plan.conflicts.length > 0) {
    ending.code = 1;
    if (!json) terminal.complain('Nothing was done.');
    return report({});
  }
  try {
    await applyPlan(plan, {
      ...project,
      onApplied: (each) => {
        applied.push(each);
        if (!json) tellApplied(each, terminal);
      },
    });
    report(await handOverHeartbeat(project, applied, parameter, json ? undefined : terminal));
  } catch (error) {
    const { message } = error as Error;
    ending.code = 1;
    report({ error: message });
    if (json) return;
    terminal.complain(message);
    terminal.complain(
      `${applied.length} of ${plan.steps.length} records are as they have to be. Apply again to finish.`,
    );
  }
}

function tellApplied({ action, kind, name }: Applied, terminal: Terminal): void {
  const styled = terminal.style(STYLES[action], action.padEnd(7));
  terminal.print(`${styled}  ${kind.padEnd(9)}  ${name}`);
}

/** Prints the heartbeat's URL, or stores it without printing it. */
async function handOverHeartbeat(
  { api, origin }: OpenProject,
  applied: readonly Applied[],
  parameter: string | undefined,
  terminal: Terminal | undefined,
): Promise<object> {
  const heartbeat = applied.find(({ key }) => key === HEARTBEAT);
  if (heartbeat === undefined) return {};
  const url = await readHeartbeatUrl(api, origin, heartbeat.id);
  if (parameter === undefined) {
    terminal?.print(`\nHEARTBEAT_URL=${url}`);
    terminal?.print(
      'Whoever has it can fake the heartbeat. --write-parameter NAME stores it for the depth function.',
    );
    return { heartbeatUrl: url };
  }
  await writeParameter(parameter, url);
  terminal?.print(
    `\nHEARTBEAT_URL is in the SSM parameter ${parameter}: set oneuptime.heartbeatUrlParameter to it, and deploy.`,
  );
  return { heartbeatUrlParameter: parameter };
}

/** The heartbeat's URL in their place would leave the functions without a token. */
function checkParameterIsFree(name: string | undefined, stage: MonitoredStage): void {
  const { tokenParameter, healthTokenParameter } = stage;
  const kept = Object.entries({ tokenParameter, healthTokenParameter });
  const [setting] = kept.find(([, parameter]) => parameter === name) ?? [];
  if (setting === undefined) return;
  throw new UsageError(
    `--write-parameter is ${name}, which is oneuptime.${setting}: the token in it would be lost. Give another name, as /leadline/${stage.stage}/heartbeat-url.`,
  );
}

function checkParameterName(name: string | undefined): void {
  if (name === undefined || /^\/[\w./-]{1,1010}$/.test(name)) return;
  throw new UsageError(
    `--write-parameter is ${JSON.stringify(name)}; give a name that begins with "/", as /leadline/dev/heartbeat-url.`,
  );
}
