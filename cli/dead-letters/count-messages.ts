import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** About how many messages a queue has. */
export interface MessageCount {
  /** Those that can be received now. */
  visible: number;
  /** Whatever state they are in. */
  all: number;
}

/** @throws the SDK's errors. */
export async function countMessages(
  sqs: Pick<SQSClient, 'send'>,
  queueUrl: string,
): Promise<MessageCount> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        'ApproximateNumberOfMessages',
        'ApproximateNumberOfMessagesNotVisible',
        'ApproximateNumberOfMessagesDelayed',
      ],
    }),
  );
  const visible = Number(Attributes.ApproximateNumberOfMessages ?? 0);
  const hidden = Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0);
  const delayed = Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0);
  return { visible, all: visible + hidden + delayed };
}
