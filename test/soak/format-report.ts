import { QUEUES } from './functions/tasks/soak-task.ts';
import type { SoakResult } from './run-soak.ts';
import { type Account, isDead, isDeadAndCompleted, isLost } from './settle-accounts.ts';

/** The result in lines of at most 80 columns. */
export function formatReport(result: SoakResult): string[] {
  return [
    ...formatQueues(result.accounts),
    '',
    ...formatDuplicates(result),
    '',
    ...formatCauses(result.accounts),
    '',
    ...formatMeasures(result),
    '',
    ...(result.brokenPromises.length === 0
      ? ['Every promise holds: nothing is lost, and nothing idempotent done twice.']
      : result.brokenPromises.map((promise) => `BROKEN: ${promise}`)),
  ];
}

const COLUMNS: Record<string, (each: Account) => boolean> = {
  accepted: () => true,
  completed: ({ completions }) => completions > 0,
  dead: isDead,
  both: isDeadAndCompleted,
  'run more than once': ({ completions }) => completions > 1,
  lost: isLost,
};

function formatQueues(accounts: readonly Account[]): string[] {
  const row = (name: string, own: readonly Account[]) =>
    formatRow(
      name,
      Object.entries(COLUMNS).map(([title, belongs]) => [title, own.filter(belongs).length]),
    );
  return [
    formatRow(
      'queue',
      Object.keys(COLUMNS).map((title) => [title, title]),
    ),
    ...QUEUES.map((queue) =>
      row(
        queue,
        accounts.filter(({ message }) => message.queue === queue),
      ),
    ),
    row('all', accounts),
    '"run more than once": the work was done again after it had been done. "batch"',
    'and "each" are the worker\'s `acknowledge`; on "alone" a batch is one message.',
  ];
}

function formatRow(name: string, cells: [title: string, value: number | string][]): string {
  return (
    name.padEnd(7) + cells.map(([title, value]) => show(value).padStart(title.length + 3)).join('')
  );
}

function formatCauses(accounts: readonly Account[]): string[] {
  const dead = accounts.filter(isDead);
  const byCause = Map.groupBy(dead, ({ cause = 'copied without its cause' }) => cause);
  const line = (text: string, count: number) => `  ${show(count).padStart(6)}  ${text}`;
  return [
    'dead, by cause',
    ...[...byCause]
      .sort(([, one], [, other]) => other.length - one.length)
      .map(([cause, own]) => line(cause, own.length)),
    line('without a failure of their own', dead.filter(({ innocent }) => innocent).length),
    line(
      'of used up attempts, some of them deliveries that were cut short',
      dead.filter(({ shortened }) => shortened).length,
    ),
    line(
      'copied more than once: sent twice, or killed before the acknowledgement',
      dead.filter(({ deadLetters }) => deadLetters > 1).length,
    ),
  ];
}

function formatDuplicates({ accounts, delivered, tally }: SoakResult): string[] {
  const sum = (of: (each: Account) => number) =>
    show(accounts.reduce((total, each) => total + of(each), 0));
  const completed = accounts.filter(
    ({ message, completions }) => message.idempotent && completions > 0,
  );
  const once = completed.filter(({ completions }) => completions === 1);
  return [
    `duplicates  ${sum(({ message }) => message.duplicates.length)} sent beside the accepted; ${show(delivered)} deliveries in all`,
    `            ${sum(({ acknowledged }) => acknowledged)} acknowledged without a run, as done before`,
    `            ${show(tally.putBack)} put back while the task was running elsewhere`,
    `effects     ${show(completed.length)} idempotent tasks completed, ${show(once.length)} of them once`,
    `            done again: ${sum(({ excused }) => excused)} times as the first was killed before it could say so,`,
    `            ${sum(({ repeats }) => repeats)} times without that excuse`,
  ];
}

function formatMeasures({ accounts, load, tally, otlp }: SoakResult): string[] {
  const seconds = (ms: number) => `${(ms / 1_000).toFixed(1)} s`;
  const perSecond = (count: number, ms: number) => `${show(Math.round(count / (ms / 1_000)))}/s`;
  const list = (counts: Iterable<[number | string, number]>) =>
    [...counts].map(([name, count]) => `${show(count)} ${name}`).join(', ') || 'none';
  const runs = accounts.reduce((sum, each) => sum + each.runs, 0);
  const { sendMs, totalMs } = load;
  const { refused, hung, reset } = otlp;
  return [
    `sent        in ${seconds(sendMs)}, ${perSecond(accounts.length, sendMs)}`,
    `            answers other than 202: ${list(load.refused)}`,
    `all done    in ${seconds(totalMs)}: ${show(runs)} runs in ${show(tally.batches)} batches`,
    `            ${show(tally.coldStarts)} cold starts`,
    `killed      ${show(load.kills)} workers by the soak; batches that got no answer:`,
    `            ${show(tally.exits)} as their process ended, ${show(tally.timeouts)} by the timeout`,
    `exports     ${show(otlp.passed)} passed on`,
    `            ${list(Object.entries({ refused, hung, reset }))}`,
    `given up    items of telemetry: ${list(tally.dropped)}`,
  ];
}

function show(value: number | string): string {
  return typeof value === 'number' ? value.toLocaleString('en-US') : value;
}
