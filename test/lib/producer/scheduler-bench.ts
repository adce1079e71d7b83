import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SchedulerClient } from '@aws-sdk/client-scheduler';
import { onTestFinished } from 'vitest';
import { createRunTarget } from '../../../local/schedules/run-target.ts';
import { createSchedulerApi } from '../../../local/schedules/scheduler-api.ts';
import { type LocalSchedule, startSchedules } from '../../../local/schedules/start-schedules.ts';
import type { ProducerBench } from './producer-bench.ts';

export const ROLE_ARN = 'arn:aws:iam::000000000000:role/scheduler';
export const GROUP = 'dev-tasks';

export interface SchedulerBench {
  client: SchedulerClient;
  endpoint: string;
  schedules(): LocalSchedule[];
  /** Sets the scheduler's clock, which stands still otherwise. */
  setTime(time: Date): void;
  warnings: string[];
}

/**
 * The local EventBridge Scheduler with the real SDK, beside the SQS of a bench. Its clock starts
 * at `start`, since a clock that is set back afterwards is one that schedules are started anew by.
 */
export async function startSchedulerBench(
  bench: ProducerBench,
  start = new Date(),
): Promise<SchedulerBench> {
  const account = { region: 'us-east-1', accountId: '000000000000' };
  let time = start.getTime();
  const now = () => time;
  const warnings: string[] = [];
  const queueUrl = (name: string) => `${bench.endpoint}/000000000000/${name}`;
  const runner = startSchedules([], {
    runTarget: createRunTarget({ invoke: async () => {}, sqsClient: bench.client, queueUrl }),
    addresses: { queueUrl },
    account,
    onWarning: (message) => warnings.push(message),
    now,
  });
  const api = createSchedulerApi({ runner, groups: ['default', GROUP], account, now });
  const server = createServer(api);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createSchedulerClient(endpoint);
  onTestFinished(() => {
    runner.stop();
    client.destroy();
    server.close();
    server.closeAllConnections();
  });
  return {
    client,
    endpoint,
    warnings,
    schedules: () => runner.list(),
    setTime: (to) => {
      time = to.getTime();
    },
  };
}

export function createSchedulerClient(endpoint: string): SchedulerClient {
  return new SchedulerClient({
    endpoint,
    region: 'us-east-1',
    maxAttempts: 1,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
}
