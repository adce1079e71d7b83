import type { SQSClient } from '@aws-sdk/client-sqs';
import type { MonitoredQueue, MonitoredTask } from '../project/monitored-stage.ts';
import type { Finding } from './finding.ts';
import { leastReceives } from './least-receives.ts';
import { type QueueState, readQueueState } from './read-queue-state.ts';

interface RedriveParts {
  /** Logical name of the queue. */
  name: string;
  queue: MonitoredQueue;
  state: QueueState;
  /** Of the queue. */
  tasks: readonly MonitoredTask[];
  sqs: SQSClient;
}

/** Whether dead messages are kept, and not before their attempts are used up. */
export async function checkRedrive(parts: RedriveParts): Promise<Finding[]> {
  const { name, queue, state, tasks, sqs } = parts;
  const problem = (text: string, advice: string): Finding[] => [
    { name: `redrive of ${name}`, level: 'problem', text, advice },
  ];
  const { redrive } = state;
  if (redrive === undefined) {
    return problem(
      'no redrive policy: a message that kills its worker comes back until it expires',
      'Give the queue a dead-letter queue and a maxReceiveCount; TaskQueue of leadline/infra does.',
    );
  }
  const { deadLetterQueue, maxReceiveCount } = redrive;
  const attempts = tasks.map(({ maxAttempts }) => maxAttempts);
  const least = leastReceives(attempts, queue);
  if (maxReceiveCount < least) {
    const ofTasks =
      attempts.length > 0 ? `${Math.max(...attempts)} attempts` : 'by default 5 attempts';
    const ofBatch = queue.fifo ? ` × ${queue.batchSize} in a batch` : '';
    return problem(
      `maxReceiveCount is ${maxReceiveCount}, and a task has ${ofTasks}${ofBatch}: SQS may move messages away before they are used up`,
      `Set maxReceiveCount to ${least} or more.`,
    );
  }
  const read = await readQueueState(sqs, deadLetterQueue).catch((error: Error) => error);
  if (read instanceof Error) {
    return problem(
      `the dead-letter queue ${deadLetterQueue}: ${read.name}: ${read.message}`,
      'Create it, or name another one in the redrive policy: dead messages would stay on the queue.',
    );
  }
  const text = `to ${deadLetterQueue} after ${maxReceiveCount} receives, ${read.visible} dead`;
  if (read.visible === 0) return [{ name: `redrive of ${name}`, level: 'ok', text }];
  const advice = 'Look at why they died; docs/oneuptime.md, "Dead letters".';
  return [{ name: `redrive of ${name}`, level: 'warning', text, advice }];
}
