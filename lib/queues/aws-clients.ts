import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import type { LambdaClient } from '@aws-sdk/client-lambda';
import { SQSClient, type SQSClientConfig } from '@aws-sdk/client-sqs';
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

/** Where AWS is, and who asks. @default what the environment says */
export type AwsPlace = Pick<SQSClientConfig, 'endpoint' | 'region' | 'credentials'>;

export function createAwsClients(place: AwsPlace = {}): AwsClients {
  const settings = { ...place, ...ONCE };
  const sqs = new SQSClient(settings);
  return {
    sqs,
    getQueueAttributes: createGetQueueAttributes(sqs.config),
    lambda: loadOnce(async () => {
      const { LambdaClient: Client } = await import('@aws-sdk/client-lambda');
      return new Client(settings);
    }),
    cloudWatch: loadOnce(async () => {
      const { CloudWatchClient: Client } = await import('@aws-sdk/client-cloudwatch');
      return new Client(settings);
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
