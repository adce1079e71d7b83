import { createWorkerStates } from '../../../lib/health/worker-state.ts';
import type { CommandContext } from '../../command-context.ts';
import type { Ending } from '../../create-program.ts';
import { printTable } from '../../output/print-table.ts';
import { readStageFigures } from '../../queues/read-stage-figures.ts';
import { createReadStageQueues, explainReading } from '../../queues/read-stage-queues.ts';
import { type SystemOptions, withSystem } from '../../system/open-system.ts';

/** What is shown of the worker of a queue. */
interface WorkerRow {
  queue: string;
  /** Name of its function. @default the queue has none */
  worker?: string;
  /** Why it takes no messages. */
  problem?: string;
  active?: number;
  invocationsPerMinute?: number;
  errorsPerMinute?: number;
  throttlesPerMinute?: number;
}

const BOUND_MS = 10_000;

/** `leadline workers`: code 1 where a queue has none, or one that takes no messages. */
export async function showWorkers(
  context: CommandContext,
  ending: Ending,
  options: SystemOptions & { json?: boolean },
): Promise<void> {
  const { terminal } = context;
  await withSystem(context, options, async (system) => {
    const { queues, workersError } = await createReadStageQueues(system)();
    if (workersError !== undefined) throw workersError;
    const states = createWorkerStates(system.clients);
    const deadline = performance.now() + BOUND_MS;
    const [figures, problems] = await Promise.all([
      readStageFigures(system, queues, 'workers'),
      Promise.all(queues.map((queue) => findProblem(queue, states, deadline))),
    ]);
    const workers = queues.map(({ name: queue, worker }, index): WorkerRow => {
      const problem = problems[index];
      const figure = (key: keyof WorkerRow, gauge: Parameters<typeof figures.of>[1]) => {
        const value = figures.of(queue, gauge);
        return value === undefined ? {} : { [key]: value };
      };
      return {
        queue,
        ...(worker !== undefined && { worker }),
        ...(problem !== undefined && { problem }),
        ...figure('active', 'workers.active'),
        ...figure('invocationsPerMinute', 'worker.invocations'),
        ...figure('errorsPerMinute', 'worker.errors'),
        ...figure('throttlesPerMinute', 'worker.throttles'),
      };
    });
    const warnings =
      figures.error === undefined
        ? []
        : [`The figures could not be read: ${explainReading(figures.error, system)}`];
    if (workers.some(({ problem }) => problem !== undefined)) ending.code = 1;
    if (options.json) {
      const answer = { stage: system.stage, workers, warnings };
      return terminal.print(JSON.stringify(answer, undefined, 2));
    }
    const count = (value: number | undefined) => (value === undefined ? '-' : String(value));
    const rows = workers.map((each) => [
      each.queue,
      each.worker ?? '-',
      count(each.active),
      count(each.invocationsPerMinute),
      count(each.errorsPerMinute),
      count(each.throttlesPerMinute),
      each.problem === undefined
        ? terminal.style('green', 'takes messages')
        : terminal.style('red', each.problem),
    ]);
    const head = ['queue', 'worker', 'active', 'invoked/min', 'errors/min', 'throttles/min', ''];
    printTable(terminal, head, rows);
    for (const warning of warnings) terminal.complain(warning);
  });
}

async function findProblem(
  { worker, mapping }: { worker?: string; mapping?: string },
  states: ReturnType<typeof createWorkerStates>,
  deadline: number,
): Promise<string | undefined> {
  if (worker === undefined && mapping === undefined) return 'nothing takes messages from it';
  const asked = { ...(worker && { worker }), ...(mapping && { mapping }) };
  const state = await states.read(asked, deadline);
  return state.known ? state.problem : 'Lambda does not answer';
}
