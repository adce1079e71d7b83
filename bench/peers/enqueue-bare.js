// `POST /tasks/process_order` with the SQS client as it is, and no telemetry.
import { randomUUID } from 'node:crypto';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';

const client = new SQSClient({});
const { url: QueueUrl } = JSON.parse(process.env.QUEUES).default;
const payloadSchema = z.object({ order_id: z.string().check(z.minLength(1)) });

export async function handler({ body, pathParameters }) {
  const id = randomUUID();
  const MessageBody = JSON.stringify({
    v: 1,
    id,
    task: pathParameters.task,
    payload: payloadSchema.parse(JSON.parse(body)),
    enqueued_at: new Date().toISOString(),
  });
  const { MessageId } = await client.send(new SendMessageCommand({ QueueUrl, MessageBody }));
  return { statusCode: 202, body: JSON.stringify({ id, messageId: MessageId }) };
}
