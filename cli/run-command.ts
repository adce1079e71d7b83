import { CommanderError } from 'commander';
import type { CommandContext } from './command-context.ts';
import { createProgram } from './create-program.ts';
import { hideValues } from './hide-values.ts';
import { UsageError } from './usage-error.ts';

/**
 * Runs one command line, and tells how it ended. With --json an error is an answer, too:
 * `{ "error": … }` on stdout.
 *
 * @returns the exit code: 0 done, 1 it found or met a problem, 2 it was called wrongly.
 */
export async function runCommand(
  args: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { terminal } = context;
  const json = args.includes('--json');
  const ending = { code: 0 };
  const answer = (error: string) => terminal.print(JSON.stringify({ error }, undefined, 2));
  try {
    await createProgram(context, ending).parseAsync([...args], { from: 'user' });
    return ending.code;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Help that was asked for is no error. Else commander has said it to whoever reads stderr.
      if (error.exitCode === 0) return 0;
      if (json) answer(hideValues(error.message).replace(/^error: /, ''));
      return 2;
    }
    const message = error instanceof Error ? error.message : String(error);
    if (json) answer(message);
    else terminal.complain(message);
    return error instanceof UsageError ? 2 : 1;
  }
}
