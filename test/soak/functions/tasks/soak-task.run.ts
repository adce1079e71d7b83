import { setTimeout as delay } from 'node:timers/promises';
import {
  implementTask,
  NonRetryableError,
  type TaskContext,
  type TaskImplementation,
} from '../../../../lib/index.ts';
import { recordRun } from './run-record.ts';
import { type Act, soakTasks } from './soak-task.ts';

class SoakFailure extends Error {}

/** The work of every queue: the act of this attempt, or the last one when there are no more. */
export const implementations: readonly TaskImplementation[] = soakTasks.map((task) =>
  implementTask(task, async ({ acts }, context) => {
    const act = acts[context.attempt - 1] ?? acts.at(-1) ?? 'succeed';
    recordRun('start', act, context);
    if (act === 'succeed' && task.idempotent) await succeedOnce(context);
    else await perform[act](context);
  }),
);

type Perform = (context: TaskContext) => Promise<void>;

const perform: Record<Act, Perform> = {
  async succeed(context) {
    // Neighbours are to finish before and after one another, so that a kill finds some of each.
    await delay(Math.random() * 80);
    recordRun('end', 'succeed', context);
  },
  async throw(context) {
    await delay(Math.random() * 20);
    recordRun('end', 'throw', context);
    throw new SoakFailure('Fails in this attempt.');
  },
  async refuse(context) {
    recordRun('end', 'refuse', context);
    throw new NonRetryableError('Never succeeds.');
  },
  async overrun(context) {
    recordTimeout('overrun', context);
    await delay(10_000, undefined, { signal: context.signal });
  },
  async 'overrun-deaf'(context) {
    recordTimeout('overrun-deaf', context);
    await delay(1_200);
    // To return would be to complete, should the worker still be waiting for it.
    throw new SoakFailure('Overran.');
  },
  exit: async (context) => {
    await recordFatal('exit', context);
    process.exit(1);
  },
  sigkill: async (context) => {
    await recordFatal('sigkill', context);
    process.kill(process.pid, 'SIGKILL');
    await delay(10_000);
  },
  block: async (context) => {
    await recordFatal('block', context);
    // Longer than the function's timeout. It blocks the event loop and takes no core.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_000);
  },
};

/**
 * The end is the effect that is counted. A run that has lost its time has lost its lease, and another
 * may be at it: nobody else can keep a process from its effect that was stopped for so long.
 */
async function succeedOnce(context: TaskContext): Promise<void> {
  await delay(Math.random() * 80);
  if (context.remainingMs() === 0) await delay(10_000, undefined, { signal: context.signal });
  recordRun('end', 'succeed', context);
}

/** The signal also fires when the invocation ends, which is nobody's failure. */
function recordTimeout(act: Act, context: TaskContext): void {
  context.signal.addEventListener('abort', () => {
    const isTimeout = (context.signal.reason as { code?: unknown }).code === 'TASK_TIMEOUT';
    recordRun('end', isTimeout ? act : 'unfinished', context);
  });
}

async function recordFatal(act: Act, context: TaskContext): Promise<void> {
  await delay(Math.random() * 80);
  recordRun('end', act, context);
}
