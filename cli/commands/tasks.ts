import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { loadCommand } from './load-command.ts';
import { addSystemOptions } from './system-options.ts';

const STATE = '\nIt needs a stage with task state (taskState of infra/config.ts).';

export function addTasks(program: Command, context: CommandContext, ending: Ending): void {
  addTableOption(program.command('task <id>'))
    .description('show what became of a task, a chain or a group, and its result')
    .option('--payload', 'of a chain or group: with the payloads of its steps')
    .option(
      '--project <id>',
      'of OneUptime, for a link to the trace (default ONEUPTIME_PROJECT_ID)',
    )
    .addHelpText('after', `${STATE}\nEnds with 1 where there is no record of it.`)
    .action(async (id, options) => {
      const { showTask } = await loadCommand(() => import('./tasks/show-task.ts'));
      await showTask(context, id, options);
    });
  addTableOption(program.command('revoke <id>'))
    .description('keep a task from running, or abort it within 5 s where it runs')
    .addHelpText('after', `${STATE}\nEnds with 1 where it has ended already, or is not known.`)
    .action(async (id, options) => {
      const { revoke } = await loadCommand(() => import('./tasks/revoke.ts'));
      await revoke(context, ending, id, options);
    });
}

function addTableOption(command: Command): Command {
  return addSystemOptions(command).option(
    '--table <name>',
    'the DynamoDB table of task state (default <stage>-task-state)',
  );
}
