import type { ListedQueue } from '../queues/queue-source.ts';
import { type CheckResult, resultOf } from './check-result.ts';
import type { FindStalled } from './find-stalled.ts';
import type { QueueSample } from './queue-sample.ts';
import type { WorkerStates } from './worker-state.ts';

export interface WorkerCheck {
  states: WorkerStates;
  findStalled: FindStalled;
  /** By `performance.now()`. */
  deadline: number;
}

/**
 * Whether each worker's event source mapping is enabled, its function active, and neither is
 * stalled. An idle worker is healthy. Queues whose worker is not known are left out, and so are
 * those that Lambda gave no answer for in time; the next check begins with them.
 */
export async function checkWorkers(
  sample: Promise<QueueSample>,
  { states, findStalled, deadline }: WorkerCheck,
): Promise<CheckResult> {
  const { queues } = await sample.catch(() => ({ queues: [] }));
  const workers = queues
    .filter(({ worker, mapping }) => worker !== undefined || mapping !== undefined)
    .sort((a, b) => states.knownAt(a) - states.knownAt(b));
  const withMessages = workers.filter(
    ({ worker, reading }) =>
      worker !== undefined && 'attributes' in reading && reading.attributes.visible > 0,
  );
  const [found, stalled] = await Promise.all([
    Promise.all(
      workers.map(async (queue) => ({ queue, state: await states.read(queue, deadline) })),
    ),
    withMessages.length > 0
      ? findStalled(withMessages, deadline)
      : Promise.resolve(new Set<string>()),
  ]);
  const known = found.flatMap(({ queue, state }) => (state.known ? [{ queue, state }] : []));
  const reasons = known.flatMap(({ queue, state }) => {
    const problem = state.problem ?? stalledProblem(queue, stalled);
    return problem === undefined ? [] : [`${queue.name}: ${problem}`];
  });
  return resultOf(reasons, known.length, workers.length);
}

function stalledProblem({ name }: ListedQueue, stalled: ReadonlySet<string>): string | undefined {
  return stalled.has(name) ? 'messages wait and its worker is not invoked' : undefined;
}
