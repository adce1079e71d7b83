import type { SqsAction } from '../sqs-action.ts';
import { findQueue } from './find-queue.ts';

// fauxqs gives out `sqs.REGION.localhost` URLs, and after a restart the port of an earlier run;
// the SDK sends requests to the queue URL's own host, so both would lead nowhere.

export const createQueue: SqsAction = async (request, { engine, endpoint }) => {
  const name = String(request['QueueName'] ?? '');
  // A second queue of one name in another region would replace the first one in fauxqs's store.
  const region = engine.inspectQueue(name)?.arn.split(':')[3];
  await engine.call('CreateQueue', request, region);
  return { QueueUrl: queueUrl(endpoint, name) };
};

export const getQueueUrl: SqsAction = async (request, { engine, endpoint }) => {
  const queue = findQueue({ QueueUrl: request['QueueName'] }, engine);
  return { QueueUrl: queueUrl(endpoint, queue.name) };
};

export function queueUrl(endpoint: string, name: string): string {
  return `${endpoint}/000000000000/${name}`;
}
