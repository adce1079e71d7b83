import type { TaskRecord, WorkflowRecord } from '../../../lib/state.ts';
import type { CommandContext } from '../../command-context.ts';
import { describeAge } from '../../output/describe-age.ts';
import { printTable } from '../../output/print-table.ts';
import { printable } from '../../output/printable.ts';
import { createLinkTrace, type LinkTrace } from '../../output/trace-link.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';
import { openTaskState, tableOf } from '../../system/open-task-state.ts';
import type { Terminal } from '../../terminal.ts';

interface ShowTaskOptions extends SystemOptions {
  json?: boolean;
  payload?: boolean;
  project?: string;
  table?: string;
}

/** `leadline task ID`: an error where there is no record of it. */
export async function showTask(
  context: CommandContext,
  id: string,
  options: ShowTaskOptions,
): Promise<void> {
  const { terminal } = context;
  await withSystem(context, options, async (system) => {
    const link = await createLinkTrace(context, system.stage, options.project);
    const table = tableOf(system, options.table);
    const record = await (await openTaskState(system, table)).read(id);
    if (record === undefined) {
      throw new Error(
        `There is no record of ${JSON.stringify(id)} in ${table}. Records are kept for some days after the end.`,
      );
    }
    const shown = options.payload ? record : withoutPayloads(record);
    const traceUrl = record.traceId === undefined ? undefined : link(record.traceId);
    if (options.json) {
      const answer = { ...shown, ...(traceUrl !== undefined && { traceUrl }) };
      return terminal.print(JSON.stringify(answer, undefined, 2));
    }
    for (const [key, value] of factsOf(shown, link)) {
      terminal.print(`${terminal.style('bold', key.padEnd(8))}  ${value}`);
    }
    if (shown.kind !== 'task') printSteps(shown, terminal);
  });
}

function withoutPayloads(record: TaskRecord | WorkflowRecord): TaskRecord | WorkflowRecord {
  if (record.kind === 'task') return record;
  return { ...record, steps: record.steps.map(({ payload: _, ...step }) => step) };
}

function factsOf(record: TaskRecord | WorkflowRecord, link: LinkTrace): [string, string][] {
  const { id, status, enqueuedAt, finishedAt, traceId, result } = record;
  const time = (date: Date | undefined) =>
    date && `${date.toISOString()}, ${describeAge(date)} ago`;
  const ofTask = record.kind === 'task' ? record : undefined;
  const { error, failed } = { error: ofTask?.error, failed: 'failed' in record && record.failed };
  const facts: [string, string | undefined][] = [
    [record.kind, ofTask ? printable(ofTask.task) : `${record.kind} of tasks`],
    ['id', printable(id)],
    ['status', status],
    ['queue', ofTask && printable(ofTask.queue)],
    ['attempts', ofTask && String(ofTask.attempts)],
    ['enqueued', time(enqueuedAt)],
    ['started', time(ofTask?.startedAt)],
    ['finished', time(finishedAt)],
    ['error', error && printable(`${error.type}: ${error.message}`)],
    [
      'failed',
      failed
        ? printable(
            `step ${failed.step}, ${failed.task} ${failed.id}: ${failed.error.type}: ${failed.error.message}`,
          )
        : undefined,
    ],
    ['result', result === undefined ? undefined : printable(JSON.stringify(result))],
    ['trace', traceId && [traceId, link(traceId)].filter(Boolean).join('  ')],
    ['request', ofTask?.requestId],
    ['part of', ofTask?.workflow && `${ofTask.workflow.id}, step ${ofTask.workflow.step}`],
  ];
  return facts.filter((fact): fact is [string, string] => fact[1] !== undefined);
}

function printSteps({ steps, completed }: WorkflowRecord, terminal: Terminal): void {
  const withPayload = steps.some((step) => 'payload' in step);
  const rows = steps.map(({ id, task, queue, payload }, index) => [
    String(index),
    printable(task),
    printable(queue),
    printable(id),
    ...(withPayload ? [payload === undefined ? '-' : printable(JSON.stringify(payload))] : []),
  ]);
  terminal.print(`\n${completed} of ${steps.length} steps completed:`);
  printTable(terminal, ['step', 'task', 'queue', 'id', ...(withPayload ? ['payload'] : [])], rows);
}
