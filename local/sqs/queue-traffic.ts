import type { SqsRequest } from './sqs-action.ts';

/** What one answered request did to a queue. All zero: it was only accessed. */
export interface QueueTraffic {
  queueName: string;
  sent: number;
  received: number;
  deleted: number;
}

/** SQS counts what it took, handed out and deleted: a batch's failed entries are no messages. */
export function measureTraffic(
  action: string,
  request: SqsRequest,
  answer: object,
): QueueTraffic | undefined {
  const name =
    request['QueueName'] ??
    String(request['QueueUrl'] ?? '')
      .split('/')
      .at(-1);
  if (typeof name !== 'string' || name === '') return undefined;
  const { Successful, Messages } = answer as { Successful?: unknown[]; Messages?: unknown[] };
  const traffic: QueueTraffic = { queueName: name, sent: 0, received: 0, deleted: 0 };
  if (action === 'SendMessage') traffic.sent = 1;
  if (action === 'SendMessageBatch') traffic.sent = Successful?.length ?? 0;
  if (action === 'ReceiveMessage') traffic.received = Messages?.length ?? 0;
  if (action === 'DeleteMessage') traffic.deleted = 1;
  if (action === 'DeleteMessageBatch') traffic.deleted = Successful?.length ?? 0;
  return traffic;
}
