import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { checkAws } from '../doctor/check-aws.ts';
import { checkBuild } from '../doctor/check-build.ts';
import { checkEnvironment } from '../doctor/check-environment.ts';
import { checkNode } from '../doctor/check-node.ts';
import { checkToken } from '../doctor/check-token.ts';
import type { Finding } from '../doctor/finding.ts';
import { loadProject } from '../project/load-project.ts';
import type { Style } from '../terminal.ts';
import { addStageOptions } from './stage-options.ts';

export function addDoctor(program: Command, context: CommandContext, ending: Ending): void {
  addStageOptions(program.command('doctor'))
    .description(
      'look at Node, the build, the environment, AWS, the queues, the token and the clock',
    )
    .addHelpText('after', '\nEnds with 1 where there is a problem; warnings leave it at 0.')
    .action((options) => examine(context, ending, options));
}

async function examine(
  context: CommandContext,
  ending: Ending,
  { stage, json }: { stage: string; json?: boolean },
): Promise<void> {
  const { terminal } = context;
  const findings = await findAll(context, stage);
  if (findings.some(({ level }) => level === 'problem')) ending.code = 1;
  if (json) return terminal.print(JSON.stringify({ stage, findings }, undefined, 2));
  const width = Math.max(...findings.map(({ name }) => name.length));
  for (const { name, level, text, advice } of findings) {
    const styled = terminal.style(STYLES[level], level.padEnd(7));
    terminal.print(`${styled}  ${name.padEnd(width)}  ${text}`);
    if (advice !== undefined) terminal.print(`${' '.repeat(width + 11)}→ ${advice}`);
  }
}

const STYLES: Record<Finding['level'], Style> = { ok: 'green', warning: 'yellow', problem: 'red' };

async function findAll(context: CommandContext, stageName: string): Promise<Finding[]> {
  const { directory, environment } = context;
  const stage = await loadProject(directory, stageName).catch((error: Error) => error);
  const first = [checkNode(process.versions.node), checkBuild(directory)];
  if (stage instanceof Error) {
    const advice = 'Correct it: the queues and the token are looked up by it.';
    const project: Finding = { name: 'project', level: 'problem', text: stage.message, advice };
    return [...first, project, ...checkEnvironment(environment, undefined)];
  }
  const queues = Object.keys(stage.queues).join(', ');
  const text = `stage ${stage.stage} with the queues ${queues} and ${stage.tasks.length} tasks`;
  const rest = await Promise.all([checkAws(stage), checkToken(context, stage)]);
  return [
    ...first,
    { name: 'project', level: 'ok', text },
    ...checkEnvironment(environment, stage),
    ...rest.flat(),
  ];
}
