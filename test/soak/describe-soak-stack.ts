import type {
  EventSourceMappingDescription,
  QueueDescription,
  StackAddresses,
  StackDescription,
  StackFunction,
} from '../../local/stack-description.ts';
import { QUEUES, type QueueName } from './functions/tasks/soak-task.ts';

interface WorkerPlan {
  bundle: string;
  batchSize: number;
  instances: number;
  timeoutSeconds: number;
  /** After so many receives SQS moves a message itself. */
  maxReceiveCount: number;
}

/** As the default stack has it: far above maxAttempts, so that nobody dies of its neighbours' kills. */
const SHARED_MAX_RECEIVE_COUNT = 15;

const WORKERS: Record<QueueName, WorkerPlan> = {
  batch: {
    bundle: 'process-tasks',
    batchSize: 10,
    instances: 4,
    timeoutSeconds: 3,
    maxReceiveCount: SHARED_MAX_RECEIVE_COUNT,
  },
  each: {
    bundle: 'process-tasks-each',
    batchSize: 10,
    instances: 4,
    timeoutSeconds: 3,
    maxReceiveCount: SHARED_MAX_RECEIVE_COUNT,
  },
  alone: {
    bundle: 'process-tasks',
    batchSize: 1,
    instances: 2,
    timeoutSeconds: 1,
    maxReceiveCount: 3,
  },
};

const TABLE = 'soak-task-state';

/** The bundles that the stack needs. */
export const BUNDLES: readonly string[] = ['enqueue-task', 'process-tasks', 'process-tasks-each'];

export const sqsName = (queue: QueueName): string => `soak-${queue}`;
export const deadLetterQueueName = (queue: QueueName): string => `${sqsName(queue)}-dlq`;
export const workerName = (queue: QueueName): string => `soak-process-${queue}`;

export const maxReceiveCount = (queue: QueueName): number => WORKERS[queue].maxReceiveCount;

export interface SoakStackOptions {
  /** OTLP base that the functions export to. */
  otlpEndpoint: string;
  /** Where the tasks write what they do. */
  runsDirectory: string;
  /** Requests at a time. */
  parallelRequests: number;
}

/** Three queues with their workers, task state, and the API in front of them. */
export function describeSoakStack(options: SoakStackOptions): StackDescription {
  return {
    queues: QUEUES.flatMap(describeQueues),
    tables: [{ tableName: TABLE, partitionKey: 'pk' }],
    functions: [enqueueTask(options), ...QUEUES.map((queue) => worker(queue, options))],
    eventSourceMappings: QUEUES.map(eventSourceMapping),
    routes: [{ method: 'POST', path: '/tasks/{task}', functionName: 'soak-enqueue-task' }],
    schedules: [],
  };
}

function describeQueues(queue: QueueName): QueueDescription[] {
  const { timeoutSeconds } = WORKERS[queue];
  return [
    { queueName: deadLetterQueueName(queue) },
    {
      queueName: sqsName(queue),
      // AWS's rule: six times the function's timeout.
      visibilityTimeoutSeconds: 6 * timeoutSeconds,
      redrive: {
        deadLetterQueueName: deadLetterQueueName(queue),
        maxReceiveCount: maxReceiveCount(queue),
      },
    },
  ];
}

function enqueueTask(options: SoakStackOptions): StackFunction {
  return {
    functionName: 'soak-enqueue-task',
    bundle: 'enqueue-task',
    timeoutSeconds: 10,
    memoryMb: 256,
    reservedConcurrency: options.parallelRequests,
    environment: ({ queueUrl }) => ({
      ...commonEnvironment(options),
      QUEUES: JSON.stringify(
        Object.fromEntries(QUEUES.map((queue) => [queue, { url: queueUrl(sqsName(queue)) }])),
      ),
    }),
  };
}

function worker(queue: QueueName, options: SoakStackOptions): StackFunction {
  const { bundle, timeoutSeconds, instances } = WORKERS[queue];
  return {
    functionName: workerName(queue),
    bundle,
    timeoutSeconds,
    memoryMb: 512,
    reservedConcurrency: instances,
    environment: (addresses) => ({
      ...commonEnvironment(options),
      SOAK_RUNS: options.runsDirectory,
      QUEUES: JSON.stringify({ [queue]: queueSetting(queue, addresses) }),
    }),
  };
}

function queueSetting(queue: QueueName, { queueUrl }: StackAddresses): Record<string, string> {
  return { url: queueUrl(sqsName(queue)), dlqUrl: queueUrl(deadLetterQueueName(queue)) };
}

function commonEnvironment({ otlpEndpoint }: SoakStackOptions): Record<string, string> {
  return {
    OTEL_SERVICE_NAME: 'soak',
    ENVIRONMENT: 'local',
    ONEUPTIME_ENDPOINT: otlpEndpoint,
    TASK_TABLE: TABLE,
  };
}

function eventSourceMapping(queue: QueueName): EventSourceMappingDescription {
  const { batchSize, instances } = WORKERS[queue];
  return {
    uuid: `soak-mapping-${queue}`,
    queueName: sqsName(queue),
    functionName: workerName(queue),
    batchSize,
    maximumConcurrency: instances,
    reportBatchItemFailures: true,
  };
}
