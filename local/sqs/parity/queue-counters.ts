import type { EngineQueue } from '../fauxqs-engine.ts';
import type { SqsAction } from '../sqs-action.ts';
import { SqsRefusal } from '../sqs-refusal.ts';
import { findQueue } from './find-queue.ts';

export interface QueueCounters {
  ApproximateNumberOfMessages: number;
  ApproximateNumberOfMessagesNotVisible: number;
  ApproximateNumberOfMessagesDelayed: number;
}

/**
 * fauxqs moves expired and delayed messages on a receive only, so that its counters stand still
 * on a queue that nobody reads: they are counted here from the deadlines instead.
 */
export const getQueueAttributes: SqsAction = async (request, { engine }) => {
  const queue = findQueue(request, engine);
  const names = (request['AttributeNames'] ?? []) as string[];
  // SQS gives no attribute that was not asked for; fauxqs gives all.
  if (names.length === 0) return {};
  const unknown = names.find((name) => !ATTRIBUTE_NAMES.has(name));
  if (unknown !== undefined) {
    throw new SqsRefusal('InvalidAttributeName', `Unknown Attribute ${unknown}.`);
  }
  const answer = await engine.call('GetQueueAttributes', {
    QueueUrl: queue.name,
    AttributeNames: names,
  });
  const attributes = answer['Attributes'] as Record<string, string>;
  for (const [name, count] of Object.entries(countMessages(queue, Date.now()))) {
    if (name in attributes) attributes[name] = String(count);
  }
  // An attribute that was set to nothing is one that was taken away.
  for (const [name, value] of Object.entries(attributes)) {
    if (value === '') delete attributes[name];
  }
  return Object.keys(attributes).length === 0 ? {} : { Attributes: attributes };
};

/** `AttributeNames` of GetQueueAttributes in the SQS API reference. */
const ATTRIBUTE_NAMES: ReadonlySet<string> = new Set([
  'All',
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesDelayed',
  'ApproximateNumberOfMessagesNotVisible',
  'ContentBasedDeduplication',
  'CreatedTimestamp',
  'DeduplicationScope',
  'DelaySeconds',
  'FifoQueue',
  'FifoThroughputLimit',
  'KmsDataKeyReusePeriodSeconds',
  'KmsMasterKeyId',
  'LastModifiedTimestamp',
  'MaximumMessageSize',
  'MessageRetentionPeriod',
  'Policy',
  'QueueArn',
  'ReceiveMessageWaitTimeSeconds',
  'RedriveAllowPolicy',
  'RedrivePolicy',
  'SqsManagedSseEnabled',
  'VisibilityTimeout',
]);

export function countMessages(queue: EngineQueue, now: number): QueueCounters {
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
