import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';

/** Sends an order past the API to a queue of `npm start`, which names its SQS endpoint. */
export async function sendDelayedOrder(
  endpoint: string,
  id: string,
  delaySeconds: number,
): Promise<void> {
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  await client.send(
    new SendMessageCommand({
      QueueUrl: `${endpoint}/000000000000/local-default`,
      MessageBody: JSON.stringify({ id, task: 'process_order', payload: { order_id: id } }),
      DelaySeconds: delaySeconds,
    }),
  );
  client.destroy();
}
