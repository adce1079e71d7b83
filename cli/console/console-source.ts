import type { SQSClient } from '@aws-sdk/client-sqs';
import type { AwsClients } from '../../lib/queues/aws-clients.ts';
import type { QueueSource } from '../../lib/queues/queue-source.ts';
import type { Task } from '../../lib/task/define-task.ts';
import type { EnqueueAnswer } from './console-api.ts';
import type { TelemetryFeed } from './telemetry-feed.ts';

/** What a console shows: the stack on this machine, or a stage in AWS. */
export interface ConsoleSource {
  kind: 'local' | 'aws';
  /** Shown beside the name. */
  title: string;
  /** For reading. */
  clients: AwsClients;
  /** For dead letters and enqueues: with the SDK's own retries. */
  sqs: Pick<SQSClient, 'send'>;
  queues: QueueSource;
  /** Logical names of its queues: a prefix may be that of another stage's queues, too. @default all */
  queueNames?: readonly string[] | undefined;
  isFifo(queue: string): boolean;
  pace: ReadingPace;
  /** @default telemetry is somewhere else: tasks and runs are not known */
  feed?: TelemetryFeed;
  /** Where it is, then. */
  telemetryUrl?: string;
  /** Of another page that shows a trace, with `{traceId}` in it. */
  traceUrl?: string;
  /** The contracts of its tasks. */
  tasks(): Promise<readonly Task[]>;
  /** Its own packages give the JSON Schema of its schemas. */
  projectDirectory: string;
  /** @throws InvalidPayload, EnqueueFailed and the other errors of a producer. */
  enqueue(task: Task, payload: unknown, groupId: string | undefined): Promise<EnqueueAnswer>;
}

/** How often AWS is asked, in ms. */
export interface ReadingPace {
  /** For the queues' attributes, while a page is open. */
  activeMs: number;
  /** While none is. @default not at all */
  idleMs?: number;
  /** For the figures that only CloudWatch has, which cost money, of queues that have messages. */
  figuresMs: number;
  /** For whether the workers take messages: Lambda answers 15 of these a second in an account. */
  workersMs: number;
  /** Of one datapoint, and how late CloudWatch is. */
  cloudWatch: { periodMs: number; lagMs: number };
}
