import { errorType } from '../instrumentation/error-type.ts';
import { isPassing } from '../queues/read-patiently.ts';
import { type CheckResult, resultOf } from './check-result.ts';
import type { FindStalled, Stalled } from './find-stalled.ts';
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
  check: WorkerCheck,
): Promise<CheckResult> {
  let taken: QueueSample;
  try {
    taken = await sample;
  } catch (error) {
    return { status: 'unhealthy', reason: `The queues cannot be listed: ${errorType(error)}` };
  }
  const { states, deadline } = check;
  const workers = taken.queues
    .filter(({ worker, mapping }) => worker !== undefined || mapping !== undefined)
    .sort((a, b) => states.knownAt(a) - states.knownAt(b));
  const [found, stalled] = await Promise.all([
    Promise.all(
      workers.map(async (queue) => ({ queue, state: await states.read(queue, deadline) })),
    ),
    findStalledOf(workers, check),
  ]);
  const known = found.flatMap(({ queue, state }) => (state.known ? [{ queue, state }] : []));
  const reasons = known.flatMap(({ queue: { name }, state }) => {
    const problem = state.problem ?? (stalled.queues.has(name) ? STALLED : undefined);
    return problem === undefined ? [] : [`${name}: ${problem}`];
  });
  const { workersError } = taken;
  const unlisted = `The workers cannot be listed: ${errorType(workersError)}`;
  if (workersError !== undefined && !isPassing(workersError)) reasons.push(unlisted);
  if (stalled.problem !== undefined) reasons.push(stalled.problem);
  if (reasons.length === 0 && known.length === 0) {
    if (workersError !== undefined) return { status: 'unknown', reason: unlisted };
    const { length } = workers;
    if (length > 0) {
      return { status: 'unknown', reason: 'Lambda does not answer.', checked: 0, of: length };
    }
  }
  return resultOf(reasons, known.length, workers.length);
}

const STALLED = 'messages wait and its worker is not invoked';

async function findStalledOf(
  workers: QueueSample['queues'],
  { findStalled, deadline }: WorkerCheck,
): Promise<Stalled> {
  const withMessages = workers.filter(
    ({ worker, reading }) =>
      worker !== undefined && 'attributes' in reading && reading.attributes.visible > 0,
  );
  return withMessages.length > 0 ? findStalled(withMessages, deadline) : { queues: new Set() };
}
