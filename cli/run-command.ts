import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { createProgram } from './create-program.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs one command line, and tells how it ended.
 *
 * @returns the exit code: 0 done, 1 it found or met a problem, 2 it was called wrongly.
 */
export async function runCommand(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const ending = { code: 0 };
  try {
    await createProgram(context, ending).parseAsync([...args], { from: 'user' });
    return ending.code;
  } catch (error) {
    // commander has said what it had to say. Help that was asked for is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    context.terminal.complain(error instanceof Error ? error.message : String(error));
    return error instanceof UsageError ? 2 : 1;
  }
}
