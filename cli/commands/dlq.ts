import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { loadCommand } from './load-command.ts';
import { addSystemOptions } from './system-options.ts';

const QUEUE =
  '\nQUEUE is the name of a queue, or of its dead-letter queue. IDs are those of tasks, or of SQS messages.';
const LOOKS =
  '\nThe first 500 are read, and given back at once; to SQS each look is one more receive.';

export function addDlq(program: Command, context: CommandContext, ending: Ending): void {
  const group = program.command('dlq').description('dead letters of a queue').helpCommand(false);
  addTraceOptions(group.command('list <queue>'))
    .description('show what died, of what, when and after how many attempts')
    .option('--limit <count>', 'read no more than so many, 1 to 500', '500')
    .option('--payload', 'with the payloads, which may be personal data')
    .addHelpText('after', QUEUE + LOOKS)
    .action(async (queue, options) => {
      const { listDeadLettersOf } = await loadCommand(() => import('./dlq/list.ts'));
      await listDeadLettersOf(context, queue, options);
    });
  addTraceOptions(group.command('show <queue> <id>'))
    .description('show all that is known of one')
    .option('--payload', 'with its payload, which may be personal data')
    .addHelpText('after', QUEUE + LOOKS)
    .action(async (queue, id, options) => {
      const { showDeadLetter } = await loadCommand(() => import('./dlq/show.ts'));
      await showDeadLetter(context, queue, id, options);
    });
  addSystemOptions(group.command('redrive <queue> [ids...]'))
    .description(
      'send them back to their queue, where their attempts count from 1; all without IDs',
    )
    .option('--to <queue>', 'which queue, where the dead-letter queue has several')
    .option('--rate <count>', 'of all: no more than so many a second, 1 to 500')
    .addHelpText('after', `${QUEUE}\nEnds with 1 where some are left. Ctrl-C ends it in order.`)
    .action(async (queue, ids, options) => {
      const { redrive } = await loadCommand(() => import('./dlq/redrive.ts'));
      await redrive(context, ending, { queue, ids, ...options });
    });
  addSystemOptions(group.command('purge <queue>'))
    .description('delete every dead letter of a queue, for good')
    .option('--yes', 'do not ask')
    .addHelpText('after', QUEUE)
    .action(async (queue, options) => {
      const { purgeDeadLetters } = await loadCommand(() => import('./dlq/purge.ts'));
      await purgeDeadLetters(context, queue, options);
    });
}

function addTraceOptions(command: Command): Command {
  return addSystemOptions(command).option(
    '--project <id>',
    'of OneUptime, for links to traces (default ONEUPTIME_PROJECT_ID)',
  );
}
