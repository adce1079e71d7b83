import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MonitoredQueue, MonitoredStage } from '../project/monitored-stage.ts';
import { checkRedrive } from './check-redrive.ts';
import { checkVisibility } from './check-visibility.ts';
import type { Finding } from './finding.ts';
import { type QueueState, readQueueState } from './read-queue-state.ts';

/** Each queue of the stage, its redrive policy and its visibility timeout. */
export async function checkQueues(stage: MonitoredStage, sqs: SQSClient): Promise<Finding[]> {
  const checked = await Promise.all(
    Object.entries(stage.queues).map(([name, queue]) => checkQueue(name, queue, stage, sqs)),
  );
  return checked.flat();
}

async function checkQueue(
  name: string,
  queue: MonitoredQueue,
  stage: MonitoredStage,
  sqs: SQSClient,
): Promise<Finding[]> {
  const sqsName = `${stage.stage}-${name}${queue.fifo ? '.fifo' : ''}`;
  const finding = (text: string, advice?: string): Finding => ({
    name: `queue ${name}`,
    level: advice === undefined ? 'ok' : 'problem',
    text,
    ...(advice !== undefined && { advice }),
  });
  let state: QueueState;
  try {
    state = await readQueueState(sqs, sqsName);
  } catch (error) {
    return [finding(`${sqsName}: ${describe(error)}`, adviceFor(error, stage.stage))];
  }
  const tasks = stage.tasks.filter((task) => task.queue === name);
  return [
    finding(`${sqsName} answers, ${state.visible} messages wait`),
    ...(await checkRedrive({ name, queue, state, tasks, sqs })),
    checkVisibility(name, queue, state),
  ];
}

function describe(error: unknown): string {
  const { name, message } = error as Error;
  return `${name}: ${message}`;
}

function adviceFor(error: unknown, stage: string): string {
  const { name } = error as Error;
  if (/NonExistentQueue|QueueDoesNotExist/.test(name)) {
    return `Deploy the stage (npx cdk deploy -c stage=${stage}), or look at another account, region or --stage.`;
  }
  if (/AccessDenied/.test(name)) {
    return 'Give these credentials sqs:GetQueueUrl and sqs:GetQueueAttributes.';
  }
  if (/Token|Signature|Credentials|ClientId/i.test(name)) {
    return 'Renew the AWS credentials, and look at the clock.';
  }
  return 'Is AWS (or what AWS_ENDPOINT_URL names) reachable from here?';
}
