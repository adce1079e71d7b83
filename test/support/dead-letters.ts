import {
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { buildDeadLetterCopies } from '../../lib/worker/dead-letter-copy.ts';
import { type SqsServer, startSqsServer } from '../../local/sqs/sqs-server.ts';
import type { QueueDescription } from '../../local/stack-description.ts';

export interface DeadLetterBench {
  server: SqsServer;
  sqs: SQSClient;
  /** Sends what a worker sends to the dead-letter queue of a task that failed. */
  sendCopy(dlq: string, copy?: Partial<Copy>): Promise<void>;
  /** Lets SQS move a message to the dead-letter queue: it is received until it is too much. */
  letSqsMove(queue: string, body: string, receives: number): Promise<void>;
  /** Sends plain messages, ten a call. */
  sendMany(queue: string, count: number): Promise<void>;
  /** Takes what can be received now. */
  receive(queue: string): Promise<Message[]>;
  /** Visible, in flight. */
  counts(queue: string): Promise<[number, number]>;
  url(queue: string): string;
}

export interface Copy {
  id: string;
  task: string;
  payload: unknown;
  groupId: string;
  traceparent: string;
  attributes: Record<string, string>;
  failedAt: Date;
}

/** An SQS server of the test's own, with a queue `dev-default` and its dead-letter queue, or those given. */
export async function startDeadLetterBench(
  queues: readonly QueueDescription[] = STANDARD,
): Promise<DeadLetterBench> {
  const server = await startSqsServer({ queues });
  const sqs = new SQSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: LOCAL });
  onTestFinished(async () => {
    sqs.destroy();
    await server.stop();
  });
  return createBench(server, sqs);
}

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

const STANDARD: QueueDescription[] = [
  { queueName: 'dev-default-dlq' },
  {
    queueName: 'dev-default',
    visibilityTimeoutSeconds: 60,
    redrive: { deadLetterQueueName: 'dev-default-dlq', maxReceiveCount: 2 },
  },
];

export function createBench(server: SqsServer, sqs: SQSClient): DeadLetterBench {
  const bench: DeadLetterBench = {
    server,
    sqs,
    url: server.queueUrl,
    async sendCopy(dlq, copy = {}) {
      await sqs.send(new SendMessageCommand(copyOf(server.queueUrl(dlq), copy)));
    },
    async letSqsMove(queue, body, receives) {
      const QueueUrl = server.queueUrl(queue);
      await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
      for (let count = 0; count <= receives; count += 1) {
        await sqs.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 0 }));
      }
    },
    async sendMany(queue, count) {
      const bodies = Array.from({ length: count }, (_, index) => ({
        Id: String(index % 10),
        MessageBody: JSON.stringify({ id: `id-${index}`, task: 'process_order', payload: {} }),
      }));
      for (let start = 0; start < count; start += 10) {
        const Entries = bodies.slice(start, start + 10);
        await sqs.send(new SendMessageBatchCommand({ QueueUrl: server.queueUrl(queue), Entries }));
      }
    },
    async receive(queue) {
      const command = new ReceiveMessageCommand({
        QueueUrl: server.queueUrl(queue),
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      });
      return (await sqs.send(command)).Messages ?? [];
    },
    async counts(queue) {
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({
          QueueUrl: server.queueUrl(queue),
          AttributeNames: ['All'],
        }),
      );
      return [
        Number(Attributes?.ApproximateNumberOfMessages),
        Number(Attributes?.ApproximateNumberOfMessagesNotVisible),
      ];
    },
  };
  return bench;
}

let copies = 0;

function copyOf(dlqUrl: string, copy: Partial<Copy>) {
  copies += 1;
  const { id = `id-${copies}`, task = 'process_order', payload = { secret: 's3cret' } } = copy;
  const { groupId, traceparent, failedAt = new Date(), attributes = {} } = copy;
  const all = { ...attributes, ...(traceparent !== undefined && { traceparent }) };
  const record = {
    messageId: `message-${copies}`,
    body: JSON.stringify({ v: 1, id, task, payload, enqueued_at: '2026-01-01T00:00:00.000Z' }),
    attributes: { ...(groupId !== undefined && { MessageGroupId: groupId }) },
    messageAttributes: Object.fromEntries(
      Object.entries(all).map(([name, stringValue]) => [name, { dataType: 'String', stringValue }]),
    ),
  };
  const cause = { errorType: 'Declined', errorMessage: 'card declined', attempts: 5, failedAt };
  return buildDeadLetterCopies(record as never, dlqUrl, cause).withCause;
}
