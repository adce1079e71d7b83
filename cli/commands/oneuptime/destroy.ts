import type { CommandContext } from '../../command-context.ts';
import { destroyRecords } from '../../oneuptime/destroy-records.ts';
import { type FoundRecord, findRecords } from '../../oneuptime/find-records.ts';
import { isOurs } from '../../oneuptime/plan-changes.ts';
import { UsageError } from '../../usage-error.ts';
import { openProject } from './open-project.ts';

interface DestroyOptions {
  stage: string;
  json?: boolean;
  yes?: boolean;
}

/** `leadline oneuptime destroy`: only what `apply` made for this stage, and only when told so. */
export async function destroyStage(
  context: CommandContext,
  { stage, json = false, yes = false }: DestroyOptions,
): Promise<void> {
  const { terminal } = context;
  if (!yes && (json || !terminal.canAsk)) {
    throw new UsageError('Nobody can be asked here. Give --yes to remove without a question.');
  }
  const { api, label } = await openProject(context, stage);
  const ours = (await findRecords(api)).filter((record) => isOurs(record, label));
  const removed: FoundRecord[] = [];
  const report = () => {
    const records = removed.map(({ kind, id, name }) => ({ kind, id, name }));
    if (json) terminal.print(JSON.stringify({ stage, removed: records }, undefined, 2));
  };
  if (!json) {
    if (ours.length === 0) return terminal.print('There is nothing to remove.');
    for (const { kind, name } of ours) terminal.print(`remove   ${kind.padEnd(9)}  ${name}`);
  }
  if (!yes) {
    const answer = await terminal.ask(`Remove these ${ours.length} from OneUptime? [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) return terminal.print('Nothing was removed.');
  }
  try {
    await destroyRecords(ours, api, (record) => {
      removed.push(record);
      if (!json) {
        const action = terminal.style('red', 'removed');
        terminal.print(`${action}  ${record.kind.padEnd(9)}  ${record.name}`);
      }
    });
  } finally {
    report();
  }
}
