import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { destroyRecords } from '../../oneuptime/destroy-records.ts';
import { type FoundRecord, findRecords } from '../../oneuptime/find-records.ts';
import { isOurs } from '../../oneuptime/plan-changes.ts';
import type { Terminal } from '../../terminal.ts';
import { UsageError } from '../../usage-error.ts';
import { openProject } from './open-project.ts';

interface DestroyOptions {
  stage: string;
  json?: boolean;
  yes?: boolean;
}

/**
 * `leadline oneuptime destroy`: only what `apply` made for this stage, and only when told so. Code
 * 1 where it could not remove all; what it removed is said.
 */
export async function destroyStage(
  context: CommandContext,
  ending: Ending,
  { stage, json = false, yes = false }: DestroyOptions,
): Promise<void> {
  const { terminal } = context;
  if (!yes && (json || !terminal.canAsk)) {
    throw new UsageError('Nobody can be asked here. Give --yes to remove without a question.');
  }
  const { api, label } = await openProject(context, stage);
  // The heartbeat last: while a monitor of the queues is there, it has to be beside it.
  const ours = (await findRecords(api))
    .filter((record) => isOurs(record, label))
    .toSorted((a, b) => Number(isHeartbeat(a)) - Number(isHeartbeat(b)));
  if (!json && ours.length === 0) return terminal.print('There is nothing to remove.');
  if (!json) for (const record of ours) tell('remove ', record, terminal);
  if (!yes) {
    const answer = await terminal.ask(`Remove these ${ours.length} from OneUptime? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) return terminal.print('Nothing was removed.');
  }
  const removed: FoundRecord[] = [];
  let failure: { error?: string } = {};
  try {
    await destroyRecords(ours, api, (record) => {
      removed.push(record);
      if (!json) tell(terminal.style('red', 'removed'), record, terminal);
    });
  } catch (error) {
    ending.code = 1;
    failure = { error: (error as Error).message };
  }
  if (json) {
    const records = removed.map(({ kind, id, name }) => ({ kind, id, name }));
    const answer = { stage, removed: records, left: ours.length - removed.length, ...failure };
    return terminal.print(JSON.stringify(answer, undefined, 2));
  }
  if (failure.error === undefined) return;
  terminal.complain(failure.error);
  terminal.complain(
    `${removed.length} of ${ours.length} records are removed, ${ours.length - removed.length} are still there. Destroy again to finish.`,
  );
}

function isHeartbeat({ fields }: FoundRecord): boolean {
  return fields['monitorType'] === 'Incoming Request';
}

function tell(action: string, { kind, name }: FoundRecord, terminal: Terminal): void {
  terminal.print(`${action}  ${kind.padEnd(9)}  ${name}`);
}
