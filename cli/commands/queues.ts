import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { loadCommand } from './load-command.ts';
import { addSystemOptions } from './system-options.ts';

export function addQueues(program: Command, context: CommandContext, ending: Ending): void {
  addSystemOptions(program.command('queues'))
    .description('show how deep each queue is, its dead letters and its workers')
    .option('--watch', 'again every 2 s, until Ctrl-C')
    .action(async (options) => {
      const { showQueues } = await loadCommand(() => import('./queues/show-queues.ts'));
      await showQueues(context, ending, options);
    });
  addSystemOptions(program.command('workers'))
    .description('show the worker of each queue: whether it takes messages, and what it does')
    .addHelpText('after', '\nEnds with 1 where a worker takes no messages.')
    .action(async (options) => {
      const { showWorkers } = await loadCommand(() => import('./queues/show-workers.ts'));
      await showWorkers(context, ending, options);
    });
  addSystemOptions(program.command('purge <queue>'))
    .description('delete every message of a queue, for good; its dead letters stay')
    .option('--yes', 'do not ask')
    .action(async (queue, options) => {
      const { purge } = await loadCommand(() => import('./queues/purge.ts'));
      await purge(context, queue, options);
    });
}
