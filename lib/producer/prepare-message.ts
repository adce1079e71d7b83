import { InvalidPayload } from '../errors/invalid-payload.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { Task } from '../task/define-task.ts';
import { createTaskId } from '../task/task-message.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { PreparedMessage } from './build-message.ts';
import {
  type EnqueueOptions,
  type ProducerQueue,
  type QueueUrls,
  resolveQueue,
} from './enqueue-options.ts';
import type { SendTime } from './send-time.ts';

/**
 * Checks one message before anything is sent, and gives it its id.
 *
 * @throws InvalidPayload, InvalidEnqueueOptions
 */
export async function prepareMessage(
  task: Task,
  payload: unknown,
  queues: QueueUrls,
  options: EnqueueOptions,
  hasScheduler = false,
): Promise<PreparedMessage> {
  const queue = resolveQueue(task, queues, options);
  const { delaySeconds, ...times } = await findSendTime(options, queue, hasScheduler);
  const wirePayload = serialize(task, payload);
  await validatePayload(task, wirePayload);
  return {
    id: options.id ?? createTaskId(),
    task,
    payload: wirePayload,
    queue,
    options: { ...options, ...(delaySeconds !== undefined && { delaySeconds }) },
    ...times,
  };
}

/** Few messages have a time of their own, and what reads it is not loaded for the others. */
async function findSendTime(
  options: EnqueueOptions,
  queue: ProducerQueue,
  hasScheduler: boolean,
): Promise<SendTime> {
  if (options.at === undefined) return {};
  const { resolveSendTime } = await import('./send-time.ts');
  return resolveSendTime({ ...options, at: options.at }, queue, hasScheduler);
}

/**
 * The payload as the worker will read it, to be checked in that form: a Date that becomes a string
 * on the way has to be a valid string there. What is sent is the input, not the schema's output,
 * so that transforms run once, in the worker.
 */
export function serialize(task: Task, payload: unknown): unknown {
  let json: string | undefined;
  try {
    json = JSON.stringify(payload);
  } catch (error) {
    const reason = error instanceof RangeError ? 'it is nested too deeply' : toError(error).message;
    throw new InvalidPayload(task.name, [{ path: [], message: `is not JSON: ${reason}` }]);
  }
  if (json === undefined) {
    throw new InvalidPayload(task.name, [{ path: [], message: `${typeof payload} is not JSON` }]);
  }
  return JSON.parse(json);
}
