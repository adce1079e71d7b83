/** Queues by logical name, as `QUEUES` has them. */
export type WorkerQueues = Readonly<Record<string, WorkerQueueOptions>>;

export interface WorkerQueueOptions {
  readonly url: string;
  /** Where dead messages go. Without it they stay, until the queue's own redrive policy moves them. */
  readonly dlqUrl?: string;
  /**
   * The event source mapping's batch size, for FIFO queues: over 1, deliveries count that did not
   * run, so that only maxReceiveCount declares a message dead by its count. @default 1
   */
  readonly batchSize?: number;
}

/** A queue as a worker knows it. */
export interface WorkerQueue {
  /** Logical: the key in `QUEUES`. */
  name: string;
  /** The SQS name: the last part of URL and ARN. */
  sqsName: string;
  url?: string;
  dlqUrl?: string;
  batchSize?: number;
}

/** Finds a record's queue by its eventSourceARN. */
export type QueueIndex = (eventSourceArn: string) => WorkerQueue | undefined;

export function createQueueIndex(queues: WorkerQueues): QueueIndex {
  const bySqsName = new Map<string, WorkerQueue>();
  for (const [name, queue] of Object.entries(queues)) {
    const sqsName = queue.url.slice(queue.url.lastIndexOf('/') + 1);
    bySqsName.set(sqsName, { name, sqsName, ...queue });
  }
  return (eventSourceArn) => bySqsName.get(sqsNameOf(eventSourceArn));
}

/** `arn:aws:sqs:REGION:ACCOUNT:NAME` */
export function sqsNameOf(eventSourceArn: string): string {
  return eventSourceArn.slice(eventSourceArn.lastIndexOf(':') + 1);
}
