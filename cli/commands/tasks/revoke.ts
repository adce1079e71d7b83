import type { Revocation } from '../../../lib/state.ts';
import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';
import { openTaskState, tableOf } from '../../system/open-task-state.ts';

interface RevokeOptions extends SystemOptions {
  json?: boolean;
  table?: string;
}

/** `leadline revoke ID`: code 1 where there was nothing to revoke. */
export async function revoke(
  context: CommandContext,
  ending: Ending,
  id: string,
  options: RevokeOptions,
): Promise<void> {
  const { terminal } = context;
  await withSystem(context, options, async (system) => {
    const table = tableOf(system, options.table);
    const revocation = await (await openTaskState(system, table)).revoke(id);
    const isRevoked = revocation.kind === 'revoked' || revocation.kind === 'revoking';
    if (!isRevoked) ending.code = 1;
    if (options.json) {
      return terminal.print(JSON.stringify({ id, ...revocation }, undefined, 2));
    }
    const text = describe(id, revocation, table);
    if (isRevoked) terminal.print(text);
    else terminal.complain(text);
  });
}

function describe(id: string, revocation: Revocation, table: string): string {
  switch (revocation.kind) {
    case 'revoked':
      return `${id} is revoked: it is skipped when its turn comes.`;
    case 'revoking':
      return `${id} is running: its worker aborts it within 5 s.`;
    case 'ended':
      return `${id} has ended before, as ${revocation.status}. Nothing was revoked.`;
    case 'unknown':
      return `There is no record of ${JSON.stringify(id)} in ${table}. Nothing was revoked.`;
  }
}
