import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { encodeMessage } from '../../lib/index.ts';
import { sqsName } from './describe-soak-stack.ts';
import { taskName } from './functions/tasks/soak-task.ts';
import type { AcceptedMessage } from './send-load.ts';

/** Sends a message again, with its id and its body, as often as planned. Its queue holds the delays. */
export async function sendDuplicates(
  client: SQSClient,
  queueUrl: (queueName: string) => string,
  { id, queue, acts, idempotent, duplicates }: AcceptedMessage,
): Promise<void> {
  const task = taskName(queue, idempotent);
  const MessageBody = encodeMessage({ id, task, payload: { acts }, enqueuedAt: new Date() });
  for (const DelaySeconds of duplicates) {
    const QueueUrl = queueUrl(sqsName(queue));
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }));
  }
}
