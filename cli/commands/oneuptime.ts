import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { applyChanges } from './oneuptime/apply.ts';
import { destroyStage } from './oneuptime/destroy.ts';
import { showPlan } from './oneuptime/plan.ts';
import { validate } from './oneuptime/validate.ts';
import { addStageOptions } from './stage-options.ts';

const API_KEY =
  '\nThe API key of the OneUptime project is read from ONEUPTIME_API_KEY, or asked for.';
const TOKEN = '\nThe token is read from ONEUPTIME_TOKEN, or from the SSM parameter of the stage.';

export function addOneUptime(program: Command, context: CommandContext, ending: Ending): void {
  const group = program
    .command('oneuptime')
    .description('dashboard, monitors and heartbeat of a stage in OneUptime')
    .helpCommand(false);
  addStageOptions(group.command('validate'))
    .description('check the telemetry token, and send one span, one metric and one log')
    .addHelpText('after', TOKEN)
    .action((options) => validate(context, ending, options));
  addStageOptions(group.command('plan'))
    .description('say what apply would create, change and leave')
    .addHelpText('after', API_KEY)
    .action((options) => showPlan(context, ending, options));
  addStageOptions(group.command('apply'))
    .description('create what is missing and change what differs, and hand over the heartbeat URL')
    .option('--write-parameter <name>', 'store HEARTBEAT_URL as this SSM SecureString')
    .addHelpText('after', API_KEY)
    .action((options) => applyChanges(context, ending, options));
  addStageOptions(group.command('destroy'))
    .description('remove what apply made for the stage, and nothing else')
    .option('--yes', 'do not ask')
    .addHelpText('after', API_KEY)
    .action((options) => destroyStage(context, ending, options));
}
