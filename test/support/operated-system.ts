import { SQSClient } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import { startFrontServer } from '../../local/front-server.ts';
import { startSqsServer } from '../../local/sqs/sqs-server.ts';
import type { QueueDescription } from '../../local/stack-description.ts';
import { createTellStack } from '../../local/tell-stack.ts';
import { createBench, type DeadLetterBench } from './dead-letters.ts';
import { type CommandRun, type RunOptions, runLeadline } from './run-leadline.ts';

export interface OperatedSystem extends DeadLetterBench {
  /** `--local=…`, which finds it. */
  local: string;
  /** `leadline ARGS --local=…` in this process. */
  run(args: readonly string[], options?: RunOptions): Promise<CommandRun>;
}

/** The stage `dev` as `--local` finds it: SQS without workers, so that nothing moves by itself. */
export async function startOperatedSystem(
  queues: readonly QueueDescription[] = QUEUES,
): Promise<OperatedSystem> {
  const server = await startSqsServer({ queues });
  const tell = createTellStack(() => ({
    stage: 'dev',
    region: 'us-east-1',
    awsEndpoint: server.endpoint,
  }));
  const front = await startFrontServer(0, { tell, otlp: refuse, api: refuse });
  const sqs = new SQSClient({ endpoint: server.endpoint, region: 'us-east-1', credentials: LOCAL });
  onTestFinished(async () => {
    sqs.destroy();
    await Promise.all([front.stop(), server.stop()]);
  });
  const local = `--local=${front.url}`;
  return {
    ...createBench(server, sqs),
    local,
    run: (args, options) => runLeadline([...args, local], options),
  };
}

const LOCAL = { accessKeyId: 'local', secretAccessKey: 'local' };

const refuse = (_: unknown, response: { writeHead(status: number): { end(): void } }) =>
  response.writeHead(404).end();

const redriven = (queueName: string, dlq = `${queueName}-dlq`) => ({
  queueName,
  redrive: { deadLetterQueueName: dlq, maxReceiveCount: 15 },
});

/** `high` and `low` share a dead-letter queue. */
const QUEUES: QueueDescription[] = [
  { queueName: 'dev-default-dlq' },
  { queueName: 'dev-shared-dlq' },
  { queueName: 'dev-bare' },
  redriven('dev-default'),
  redriven('dev-high', 'dev-shared-dlq'),
  redriven('dev-low', 'dev-shared-dlq'),
];
