import type { MonitoredStage } from '../project/monitored-stage.ts';
import { checkQueues } from './check-queues.ts';
import type { Finding } from './finding.ts';

/** Credentials, if any, and with them the queues. */
export async function checkAws(stage: MonitoredStage): Promise<Finding[]> {
  const name = 'AWS';
  const sdk = await import('@aws-sdk/client-sqs').catch(() => undefined);
  if (sdk === undefined) {
    const advice = 'npm install @aws-sdk/client-sqs';
    return [{ name, level: 'problem', text: 'the SDK is not installed', advice }];
  }
  const sqs = new sdk.SQSClient({ maxAttempts: 2 });
  try {
    const region = await sqs.config.region().catch(() => undefined);
    if (!region) {
      const advice = 'Set AWS_REGION, or a profile with a region, to have the queues looked at.';
      return [{ name, level: 'warning', text: 'no region', advice }];
    }
    const credentials = await sqs.config.credentials().catch(() => undefined);
    if (credentials === undefined) {
      const advice = 'Set AWS_PROFILE, or log in, to have the queues looked at.';
      return [{ name, level: 'warning', text: `no credentials (${region})`, advice }];
    }
    const found: Finding = { name, level: 'ok', text: `there are credentials, region ${region}` };
    return [found, ...(await checkQueues(stage, sqs))];
  } finally {
    sqs.destroy();
  }
}
