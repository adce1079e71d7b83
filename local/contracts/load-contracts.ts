import { Worker } from 'node:worker_threads';
import type { Task } from '../../lib/task/define-task.ts';
import type { PlainTask, ThreadAnswer, ThreadTasks } from './thread-messages.ts';

/** The contracts of a project as they were when they were loaded. */
export interface LoadedContracts {
  readonly tasks: readonly Task[];
  /** No payload can be checked any more. */
  readonly ended: boolean;
  stop(): void;
}

/**
 * Loads the contracts on a thread of their own, since a process keeps each module for good, with
 * those that it imports. The thread stays and checks payloads.
 *
 * @throws what loading them throws.
 */
export async function loadContracts(projectDirectory: string): Promise<LoadedContracts> {
  const thread = new Worker(new URL('./contract-thread.ts', import.meta.url), {
    workerData: projectDirectory,
  });
  const waiting = new Map<number, PromiseWithResolvers<ThreadAnswer>>();
  let count = 0;
  const { tasks } = await new Promise<ThreadTasks>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
    thread.once('exit', () => reject(new Error('The thread that loads the contracts ended.')));
  });
  // It does not keep the process: it works for whoever does.
  thread.unref();
  thread.on('message', (answer: ThreadAnswer) => {
    waiting.get(answer.number)?.resolve(answer);
    waiting.delete(answer.number);
  });
  let ended = false;
  const fail = () => {
    ended = true;
    for (const { reject } of waiting.values()) reject(new Error(GONE));
    waiting.clear();
  };
  thread.on('error', fail);
  thread.on('exit', fail);

  const check = async (name: string, payload: unknown) => {
    if (ended) throw new Error(GONE);
    count += 1;
    const answer = Promise.withResolvers<ThreadAnswer>();
    waiting.set(count, answer);
    thread.postMessage({ number: count, name, payload });
    const { issues, problem } = await answer.promise;
    if (problem !== undefined) throw new Error(`The schema of ${name} failed: ${problem}`);
    return issues === undefined ? { value: payload } : { issues };
  };
  return {
    tasks: tasks.map((task) => toTask(task, check)),
    get ended() {
      return ended;
    },
    stop() {
      fail();
      void thread.terminate();
    },
  };
}

const GONE = 'The contracts were loaded anew meanwhile: try again.';

type Check = (
  name: string,
  payload: unknown,
) => Promise<{ value: unknown } | { issues: { path: (string | number)[]; message: string }[] }>;

/** As a Standard Schema whose validation is asynchronous. */
function toTask({ schema, ...task }: PlainTask, check: Check): Task {
  const props = {
    version: 1 as const,
    vendor: 'leadline',
    validate: (payload: unknown) => check(task.name, payload),
    ...(schema !== undefined && { jsonSchema: { input: () => schema } }),
  };
  return { ...task, schedule: [], payload: { '~standard': props } };
}
