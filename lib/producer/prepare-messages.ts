import { InvalidPayload } from '../errors/invalid-payload.ts';
import type { Task } from '../task/define-task.ts';
import type { PreparedMessage } from './build-message.ts';
import type { EnqueueOptions, QueueUrls } from './enqueue-options.ts';
import { prepareMessage } from './prepare-message.ts';

/**
 * Checks all messages before any is sent: bad input never half-does a thing.
 *
 * @throws InvalidPayload whose paths begin with the payload's index, InvalidEnqueueOptions
 */
export async function prepareMessages<Payload>(
  task: Task,
  payloads: readonly Payload[],
  queues: QueueUrls,
  optionsOf: (payload: Payload, index: number) => EnqueueOptions,
  hasScheduler: boolean,
): Promise<PreparedMessage[]> {
  const prepared: PreparedMessage[] = [];
  for (const [index, payload] of payloads.entries()) {
    try {
      const options = optionsOf(payload, index);
      prepared.push(await prepareMessage(task, payload, queues, options, hasScheduler));
    } catch (error) {
      if (!(error instanceof InvalidPayload)) throw error;
      throw new InvalidPayload(
        task.name,
        error.issues.map(({ path, message }) => ({ path: [index, ...path], message })),
      );
    }
  }
  return prepared;
}
