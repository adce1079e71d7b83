import { GetQueueAttributesCommand, GetQueueUrlCommand, type SQSClient } from '@aws-sdk/client-sqs';

/** What SQS says of a queue. */
export interface QueueState {
  url: string;
  visible: number;
  visibilityTimeoutSeconds: number;
  redrive?: { deadLetterQueue: string; maxReceiveCount: number };
}

const BOUND_MS = 10_000;

/** @throws the SDK's errors. */
export async function readQueueState(sqs: SQSClient, queueName: string): Promise<QueueState> {
  const abortSignal = AbortSignal.timeout(BOUND_MS);
  const { QueueUrl: url = '' } = await sqs.send(new GetQueueUrlCommand({ QueueName: queueName }), {
    abortSignal,
  });
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['All'] }),
    { abortSignal },
  );
  const policy = Attributes['RedrivePolicy'];
  return {
    url,
    visible: Number(Attributes['ApproximateNumberOfMessages']),
    visibilityTimeoutSeconds: Number(Attributes['VisibilityTimeout']),
    ...(policy && { redrive: readPolicy(policy) }),
  };
}

function readPolicy(policy: string): { deadLetterQueue: string; maxReceiveCount: number } {
  const { deadLetterTargetArn = '', maxReceiveCount } = JSON.parse(policy);
  return {
    deadLetterQueue: String(deadLetterTargetArn).split(':').at(-1) ?? '',
    // SQS takes it as a number and as a text.
    maxReceiveCount: Number(maxReceiveCount),
  };
}
