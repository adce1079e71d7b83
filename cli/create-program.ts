import { Command } from 'commander';
import { SCOPE_VERSION } from '../lib/instrumentation/scope.ts';
import type { CommandContext } from './command-context.ts';
import { addBuild } from './commands/build.ts';
import { addDlq } from './commands/dlq.ts';
import { addDoctor } from './commands/doctor.ts';
import { addEnqueue } from './commands/enqueue.ts';
import { addOneUptime } from './commands/oneuptime.ts';
import { addQueues } from './commands/queues.ts';
import { addTasks } from './commands/tasks.ts';
import { hideValues } from './hide-values.ts';

/** How the command ends: an action that finds a problem sets `code` to 1. */
export interface Ending {
  code: number;
}

/** Each adds what it does to the program: a new command is a file in commands/, and a line here. */
const COMMANDS = [addBuild, addDoctor, addOneUptime, addQueues, addEnqueue, addTasks, addDlq];

export function createProgram(context: CommandContext, ending: Ending): Command {
  const { terminal } = context;
  const program = new Command('leadline')
    .description('Background tasks on AWS SQS and Lambda that people can see.')
    .configureOutput({
      writeOut: (text) => terminal.print(text.replace(/\n$/, '')),
      writeErr: (text) => terminal.complain(text.replace(/\n$/, '')),
      outputError: (text, write) => write(`${hideValues(text.trimEnd())}\n`),
    })
    .version(SCOPE_VERSION, '--version', 'print the version')
    .exitOverride()
    .showHelpAfterError('(--help says more)')
    .helpCommand(false)
    .addHelpText(
      'after',
      '\nExit codes: 0 done, 1 it found or met a problem, 2 it was called wrongly.',
    );
  for (const add of COMMANDS) add(program, context, ending);
  return program;
}
