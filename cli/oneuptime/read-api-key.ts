import type { CommandContext } from '../command-context.ts';
import { UsageError } from '../usage-error.ts';
import { checkSecret } from './check-secret.ts';

/**
 * The project's API key: `ONEUPTIME_API_KEY`, or what is typed. Never an argument, which every
 * process of the machine could read, and the shell's history keeps.
 *
 * @throws UsageError where there is none, and nobody to ask.
 */
export async function readApiKey({ environment, terminal }: CommandContext): Promise<string> {
  const set = environment['ONEUPTIME_API_KEY']?.trim();
  if (set) return checkSecret('ONEUPTIME_API_KEY', set);
  const where = 'OneUptime: Project Settings, API Keys';
  if (!terminal.canAsk) {
    throw new UsageError(`ONEUPTIME_API_KEY is not set. Make a key (${where}), and set it.`);
  }
  const typed = (await terminal.ask(`API key (${where}): `, { hidden: true })).trim();
  if (typed === '') throw new UsageError('No API key was given.');
  return checkSecret('The API key', typed);
}
