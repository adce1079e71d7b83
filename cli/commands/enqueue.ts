import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import type { Ending } from '../create-program.ts';
import { loadCommand } from './load-command.ts';
import { addSystemOptions } from './system-options.ts';

const PAYLOAD = `
The payload is JSON; "-" reads stdin, and @FILE a file. stdin, and a FILE that ends with .ndjson or
.jsonl, has one payload a line. A batch of 100 lines with one that does not fit the task's schema is
not sent, and there it ends. Without a payload it is {}.`;

export function addEnqueue(program: Command, context: CommandContext, ending: Ending): void {
  addSystemOptions(program.command('enqueue <task> [payload]'))
    .description('send messages of a task of this project, checked against its schema')
    .option('--queue <queue>', "another queue than the task's own")
    .option('--delay <seconds>', 'keep them from the workers for so long, 0 to 900')
    .option('--group <id>', 'the message group; a FIFO queue asks for one')
    .option('--table <name>', "task state's; by default that of the stage, where it has one")
    .addHelpText('after', PAYLOAD)
    .action(async (task, payload, options) => {
      const { enqueue } = await loadCommand(() => import('./tasks/enqueue.ts'));
      await enqueue(context, ending, { task, payload, ...options });
    });
}
