import { onTestFinished, vi } from 'vitest';
import { type AwsClients, createAwsClients } from '../../../lib/queues/aws-clients.ts';
import { type AwsStandIn, type AwsStandInOptions, startAwsStandIn } from './aws-stand-in.ts';

export interface TestAws extends AwsStandIn {
  /** As the functions make them. */
  clients: AwsClients;
}

/** The stand-in for the length of a test, with the environment that leads the SDK's clients to it. */
export async function startAws(options?: AwsStandInOptions): Promise<TestAws> {
  const aws = await startAwsStandIn(options);
  onTestFinished(aws.stop);
  vi.stubEnv('AWS_ENDPOINT_URL', aws.endpoint);
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  return { ...aws, clients: createAwsClients() };
}
