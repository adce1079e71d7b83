import type { CommandContext } from '../command-context.ts';
import type { MonitoredStage } from '../project/monitored-stage.ts';
import { checkSecret } from './check-secret.ts';

const BOUND_MS = 10_000;

/** The telemetry token, and where it was found. */
export interface FoundToken {
  token: string;
  source: string;
}

/**
 * The telemetry token: `ONEUPTIME_TOKEN`, or the SSM parameter of the stage.
 *
 * @throws Error when there is none; it says what to set.
 */
export async function readToken(
  { environment }: CommandContext,
  { tokenParameter }: MonitoredStage,
): Promise<FoundToken> {
  const set = environment['ONEUPTIME_TOKEN']?.trim();
  if (set) return { token: checkSecret('ONEUPTIME_TOKEN', set), source: 'ONEUPTIME_TOKEN' };
  const source = `the SSM parameter ${tokenParameter}`;
  const value = await readParameter(tokenParameter).catch((error: Error) => {
    throw new Error(
      `ONEUPTIME_TOKEN is not set, and ${source} cannot be read (${error.name}: ${error.message}). Set one of them.`,
    );
  });
  const token = value?.trim();
  if (!token) throw new Error(`ONEUPTIME_TOKEN is not set, and ${source} is empty.`);
  return { token: checkSecret(source, token), source };
}

/** Loaded when it is needed: the SSM client is an optional peer. */
async function readParameter(name: string): Promise<string | undefined> {
  const reader = await import('../../lib/queues/read-parameter.ts');
  return reader.readParameter(name, BOUND_MS);
}
