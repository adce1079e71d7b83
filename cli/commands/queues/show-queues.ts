import { setTimeout as delay } from 'node:timers/promises';
import type { QueueReading } from '../../../lib/queues/resolve-redrive.ts';
import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { describeSeconds } from '../../output/describe-age.ts';
import { formatTable } from '../../output/print-table.ts';
import { readStageFigures, type StageFigures } from '../../queues/read-stage-figures.ts';
import { createReadStageQueues, explainReading } from '../../queues/read-stage-queues.ts';
import { type System, type SystemOptions, withSystem } from '../../system/open-system.ts';
import type { Terminal } from '../../terminal.ts';
import { withInterrupt } from '../../with-interrupt.ts';

interface ShowQueuesOptions extends SystemOptions {
  json?: boolean;
  watch?: boolean;
}

/** What is shown of a queue. What could not be read is absent. */
interface QueueRow {
  name: string;
  sqsName: string;
  depth?: number;
  inFlight?: number;
  delayed?: number;
  dead?: number;
  oldestSeconds?: number;
  worker?: string;
  /** Instances that run side by side. */
  workersActive?: number;
  error?: string;
}

interface Shown {
  queues: QueueRow[];
  warnings: string[];
}

const WATCH_MS = 2_000;
/** CloudWatch is paid by the figure, and has a new one a minute. */
const FIGURES_MS = 60_000;

/** `leadline queues`: code 1 where one could not be read. */
export async function showQueues(
  context: CommandContext,
  ending: Ending,
  options: ShowQueuesOptions,
): Promise<void> {
  const { terminal } = context;
  await withSystem(context, options, async (system) => {
    const read = createRead(system);
    if (!options.watch) {
      const shown = await read();
      if (shown.queues.some(({ error }) => error !== undefined)) ending.code = 1;
      return print(shown, system, terminal, options.json === true);
    }
    await withInterrupt(async (interrupted) => {
      const signal = AbortSignal.any([interrupted, terminal.gone]);
      let shown: Shown | undefined;
      while (!signal.aborted) {
        try {
          shown = await read();
        } catch (error) {
          // At first it may never work; later on somebody looks until it does again.
          if (shown === undefined) throw error;
          shown = { ...shown, warnings: [explainReading(error, system)] };
        }
        if (options.json) terminal.print(JSON.stringify(toAnswer(shown, system)));
        else if (terminal.canRedraw) terminal.redraw(toLines(shown, system, terminal));
        else print(shown, system, terminal, false);
        await delay(WATCH_MS, undefined, { signal }).catch(() => {});
      }
    });
  });
}

function createRead(system: System): () => Promise<Shown> {
  const readQueues = createReadStageQueues(system);
  let figures: StageFigures | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const { queues, workersError } = await readQueues();
    if (figures === undefined || system.local || Date.now() - readAt >= FIGURES_MS) {
      figures = await readStageFigures(system, queues, 'backlog');
      readAt = Date.now();
    }
    const known = figures;
    const problems = [
      ...(workersError === undefined ? [] : [['workers', workersError] as const]),
      ...(known.error === undefined ? [] : [['ages and active workers', known.error] as const]),
    ];
    return {
      queues: queues.map((queue) => toRow(queue, known, system)),
      warnings: problems.map(
        ([what, error]) => `The ${what} could not be read: ${explainReading(error, system)}`,
      ),
    };
  };
}

function toRow(queue: QueueReading, figures: StageFigures, system: System): QueueRow {
  const { name, sqsName, own, deadLetters, worker } = queue;
  const attributes = 'attributes' in own ? own.attributes : undefined;
  const waiting = (attributes?.visible ?? 0) + (attributes?.inFlight ?? 0) > 0;
  // The last figure may be of a message that is gone.
  const oldestSeconds = waiting ? figures.of(name, 'queue.oldest_message.age') : undefined;
  const workersActive = figures.of(name, 'workers.active');
  const failed = [own, deadLetters].find((reading) => reading && 'error' in reading);
  return {
    name,
    sqsName,
    ...(attributes && {
      depth: attributes.visible,
      inFlight: attributes.inFlight,
      delayed: attributes.delayed,
    }),
    ...(deadLetters && 'attributes' in deadLetters && { dead: deadLetters.attributes.visible }),
    ...(oldestSeconds !== undefined && { oldestSeconds }),
    ...(worker !== undefined && { worker }),
    ...(workersActive !== undefined && { workersActive }),
    ...(failed && 'error' in failed && { error: explainReading(failed.error, system) }),
  };
}

function toAnswer({ queues, warnings }: Shown, { stage }: System) {
  return { stage, at: new Date(), queues, warnings };
}

function print(shown: Shown, system: System, terminal: Terminal, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(toAnswer(shown, system), undefined, 2));
    return;
  }
  for (const line of toTable(shown, terminal)) terminal.print(line);
  for (const line of problemsOf(shown)) terminal.complain(line);
}

function toLines(shown: Shown, { stage }: System, terminal: Terminal): string[] {
  const head = `${stage}  ${new Date().toISOString()}  Ctrl-C ends it`;
  const problems = problemsOf(shown);
  return [terminal.style('dim', head), '', ...toTable(shown, terminal), '', ...problems];
}

function problemsOf({ queues, warnings }: Shown): string[] {
  const errors = queues.flatMap(({ name, error }) =>
    error === undefined ? [] : [`${name} could not be read: ${error}`],
  );
  return [...errors, ...warnings];
}

const HEAD = ['queue', 'depth', 'in flight', 'delayed', 'dead', 'oldest', 'active', 'worker'];

function toTable({ queues }: Shown, terminal: Terminal): string[] {
  const count = (value: number | undefined) => (value === undefined ? '-' : String(value));
  const rows = queues.map((queue) => [
    queue.name,
    count(queue.depth),
    count(queue.inFlight),
    count(queue.delayed),
    queue.dead ? terminal.style('red', String(queue.dead)) : count(queue.dead),
    queue.oldestSeconds === undefined ? '-' : describeSeconds(queue.oldestSeconds),
    count(queue.workersActive),
    queue.worker ?? '-',
  ]);
  return formatTable(terminal, HEAD, rows);
}
