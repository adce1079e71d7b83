import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { readJsonSchema } from '../../cli/console/contracts/json-schema.ts';
import { loadTasks } from '../../cli/project/load-project.ts';
import { InvalidPayload } from '../../lib/errors/invalid-payload.ts';
import type { Task } from '../../lib/task/define-task.ts';
import { validatePayload } from '../../lib/task/validate-payload.ts';
import type { ThreadAnswer, ThreadQuestion, ThreadTasks } from './thread-messages.ts';

/** The thread of `loadContracts`: it has the modules of the contracts as they are now. */

const port = parentPort as MessagePort;
const tasks: readonly Task[] = await loadTasks(workerData);

port.on('message', async ({ number, name, payload }: ThreadQuestion) => {
  port.postMessage({ number, ...(await check(name, payload)) } satisfies ThreadAnswer);
});
port.postMessage({
  tasks: await Promise.all(
    tasks.map(async (task) => {
      const { name, queue, retry, timeoutSeconds, http, enqueues, idempotent } = task;
      const schema = await readJsonSchema(task, workerData);
      // Its `when` is a function, which stays here.
      const { when: _, ...delays } = retry;
      const plain = { name, queue, retry: delays, timeoutSeconds, http, enqueues, idempotent };
      return { ...plain, ...(schema !== undefined && { schema }) };
    }),
  ),
} satisfies ThreadTasks);

async function check(name: string, payload: unknown): Promise<Omit<ThreadAnswer, 'number'>> {
  try {
    await validatePayload(tasks.find((task) => task.name === name) as Task, payload);
    return {};
  } catch (error) {
    if (!(error instanceof InvalidPayload)) return { problem: String(error) };
    return { issues: error.issues.map(({ path, message }) => ({ path: [...path], message })) };
  }
}
