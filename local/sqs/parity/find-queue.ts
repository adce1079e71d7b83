import type { EngineQueue, FauxqsEngine } from '../fauxqs-engine.ts';
import type { SqsRequest } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';

/**
 * The last part of the queue's URL. The host is not looked at: with a data directory a queue
 * outlives the port that its first URL had.
 */
export function queueNameOf(request: SqsRequest): string {
  const url = request['QueueUrl'];
  const name = typeof url === 'string' ? url.split('/').at(-1) : undefined;
  if (name === undefined || name === '') {
    throw new SqsRefusal('MissingParameter', 'The request must contain the parameter QueueUrl.');
  }
  return name;
}

/** @throws SqsRefusal QueueDoesNotExist */
export function findQueue(request: SqsRequest, engine: FauxqsEngine): EngineQueue {
  const queue = engine.inspectQueue(queueNameOf(request));
  if (queue === undefined) {
    throw new SqsRefusal('QueueDoesNotExist', 'The specified queue does not exist.');
  }
  return queue;
}
