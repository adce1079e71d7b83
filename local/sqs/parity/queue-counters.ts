import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsAction } from '../sqs-action.ts';
import { findQueue } from './find-queue.ts';

/**
 * fauxqs moves expired and delayed messages on a receive only, so that its counters stand still
 * on a queue that nobody reads: they are counted here from the deadlines instead.
 */
export const getQueueAttributes: SqsAction = async (request, { engine }) => {
  const queue = findQueue(request, engine);
  const names = (request['AttributeNames'] ?? []) as string[];
  // SQS gives no attribute that was not asked for; fauxqs gives all.
  if (names.length === 0) return {};
  const answer = await engine.call('GetQueueAttributes', {
    QueueUrl: queue.name,
    AttributeNames: names,
  });
  const attributes = answer['Attributes'] as Record<string, string>;
  for (const [name, count] of Object.entries(countMessages(queue, Date.now()))) {
    if (name in attributes) attributes[name] = String(count);
  }
  return { Attributes: attributes };
};

function countMessages(queue: EngineQueue, now: number): Record<string, number> {
  const { ready, delayed, inflight } = queue.messages;
  const stillDelayed = delayed.filter((message) => (message.delayUntil ?? 0) > now).length;
  const stillHidden = inflight.filter((entry) => entry.visibilityDeadline > now).length;
  return {
    ApproximateNumberOfMessages:
      ready.length + (delayed.length - stillDelayed) + (inflight.length - stillHidden),
    ApproximateNumberOfMessagesNotVisible: stillHidden,
    ApproximateNumberOfMessagesDelayed: stillDelayed,
  };
}
