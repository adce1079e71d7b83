import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient } from '@aws-sdk/client-sqs';
import { createGetQueueAttributes, type GetQueueAttributes } from './get-queue-attributes.ts';

/** The clients that queues and workers are read with. */
export interface AwsClients {
  sqs: Pick<SQSClient, 'send'>;
  getQueueAttributes: GetQueueAttributes;
  /** Loaded when first needed. */
  lambda: () => Promise<Pick<LambdaClient, 'send'>>;
  cloudWatch: () => Promise<Pick<CloudWatchClient, 'send'>>;
}

/** One attempt a call: `readPatiently` tries again. */
const ONCE = { maxAttempts: 1 };

export function createAwsClients(): AwsClients {
  const sqs = new SQSClient(ONCE);
  return {
    sqs,
    getQueueAttributes: createGetQueueAttributes(sqs.config),
    lambda: loadOnce(async () => {
      const { LambdaClient: Client } = await import('@aws-sdk/client-lambda');
      return new Client(ONCE);
    }),
    cloudWatch: loadOnce(async () => {
      const { CloudWatchClient: Client } = await import('@aws-sdk/client-cloudwatch');
      return new Client(ONCE);
    }),
  };
}

function loadOnce<T>(load: () => Promise<T>): () => Promise<T> {
  let loading: Promise<T> | undefined;
  return () => {
    loading ??= load().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
}
