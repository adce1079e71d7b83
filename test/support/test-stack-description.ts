import type {
  StackAddresses,
  StackDescription,
  StackFunction,
} from '../../local/stack-description.ts';

/** What a test may want to be otherwise. */
export interface TestStackShape {
  /** @default 3 */
  workerTimeoutSeconds?: number;
  /** @default 60, so that nothing comes back during a test */
  visibilityTimeoutSeconds?: number;
  /** @default 0 */
  batchingWindowSeconds?: number;
  /** Whether a worker takes messages from the queue. @default true */
  consumed?: boolean;
  /** Of the mapping. @default 10 */
  batchSize?: number;
  /** Invocations of the worker at a time. @default 2 */
  concurrency?: number;
  /** Whether queue depth is sampled, every second, and GET /health and /metrics answer. @default false */
  observed?: boolean;
  /** Beside the one of the depth function. @default none */
  schedules?: StackDescription['schedules'];
  /** Whether there is a table of task state, which the functions are told of. @default false */
  taskState?: boolean;
  /** Of all functions. */
  environment?: Record<string, string>;
}

export const QUEUE = 'e2e-default';
export const DEAD_LETTER_QUEUE = 'e2e-default-dlq';
export const SCHEDULE_GROUP = 'e2e-tasks';
export const API_FUNCTION = 'e2e-enqueue-task';
export const WORKER_FUNCTION = 'e2e-process-default';
export const TASK_TABLE = 'e2e-task-state';
/** A second API, whose queue nobody answers for. */
export const CUT_OFF_PATH = '/cut-off/tasks';

const MAPPING = 'e2e-mapping';

const OBSERVER_ROUTES = ['/health', '/metrics'].flatMap((path) =>
  ['GET', 'HEAD'].map((method) => ({ method, path, functionName: 'e2e-health' })),
);

const STATE_ROUTES = ['GET', 'DELETE'].map((method) => ({
  method,
  path: '/tasks/{id}',
  functionName: API_FUNCTION,
}));

const DEPTH_SCHEDULE = {
  name: 'e2e-depth',
  expression: 'rate(1 second)',
  targetArn: 'arn:aws:lambda:us-east-1:000000000000:function:e2e-sample-queue-depth',
  input: () => '{"time":"<aws.scheduler.scheduled-time>"}',
};

/** One queue with its dead-letter queue and worker, and the API. */
export function describeTestStack(shape: TestStackShape = {}): StackDescription {
  const cutOff = 'e2e-cut-off';
  return {
    stage: 'e2e',
    queues: [
      { queueName: DEAD_LETTER_QUEUE },
      {
        queueName: QUEUE,
        visibilityTimeoutSeconds: shape.visibilityTimeoutSeconds ?? 60,
        redrive: { deadLetterQueueName: DEAD_LETTER_QUEUE, maxReceiveCount: 15 },
      },
    ],
    ...(shape.taskState && { tables: [{ tableName: TASK_TABLE, partitionKey: 'pk' }] }),
    functions: [
      api(API_FUNCTION, shape, ({ queueUrl }) => queueUrl(QUEUE)),
      // Port 9, discard: no process without root's rights listens there.
      api(cutOff, shape, () => `http://127.0.0.1:9/000000000000/${QUEUE}`),
      worker(shape),
      ...(shape.observed ? [observer('sample-queue-depth', shape), observer('health', shape)] : []),
    ],
    eventSourceMappings:
      shape.consumed === false
        ? []
        : [
            {
              uuid: MAPPING,
              queueName: QUEUE,
              functionName: WORKER_FUNCTION,
              batchSize: shape.batchSize ?? 10,
              maximumBatchingWindowSeconds: shape.batchingWindowSeconds ?? 0,
              reportBatchItemFailures: true,
            },
          ],
    routes: [
      { method: 'POST', path: '/tasks/{task}', functionName: API_FUNCTION },
      { method: 'POST', path: `${CUT_OFF_PATH}/{task}`, functionName: cutOff },
      ...(shape.taskState ? STATE_ROUTES : []),
      ...(shape.observed ? OBSERVER_ROUTES : []),
    ],
    scheduleGroups: [SCHEDULE_GROUP],
    schedules: [...(shape.schedules ?? []), ...(shape.observed ? [DEPTH_SCHEDULE] : [])],
  };
}

const ENVIRONMENT = { OTEL_SERVICE_NAME: 'shop', ENVIRONMENT: 'e2e', APP_VERSION: '7.8.9' };

const tableOf = ({ taskState }: TestStackShape) => (taskState ? { TASK_TABLE } : {});

function api(
  functionName: string,
  shape: TestStackShape,
  urlOf: (addresses: StackAddresses) => string,
): StackFunction {
  return {
    functionName,
    bundle: 'enqueue-task',
    timeoutSeconds: shape.taskState ? 29 : 10,
    memoryMb: 256,
    environment: (addresses) => ({
      ...ENVIRONMENT,
      ...tableOf(shape),
      ...shape.environment,
      QUEUES: JSON.stringify({ default: { url: urlOf(addresses) } }),
    }),
  };
}

function worker(shape: TestStackShape): StackFunction {
  const { environment, workerTimeoutSeconds = 3, concurrency = 2 } = shape;
  return {
    functionName: WORKER_FUNCTION,
    bundle: 'process-tasks',
    timeoutSeconds: workerTimeoutSeconds,
    memoryMb: 512,
    reservedConcurrency: concurrency,
    environment: ({ queueUrl }) => ({
      ...ENVIRONMENT,
      ...tableOf(shape),
      ...environment,
      QUEUES: JSON.stringify({
        default: { url: queueUrl(QUEUE), dlqUrl: queueUrl(DEAD_LETTER_QUEUE) },
      }),
    }),
  };
}

/** A function that reads all queues and workers, every second anew. */
function observer(bundle: string, shape: TestStackShape): StackFunction {
  const { environment, consumed } = shape;
  return {
    functionName: `e2e-${bundle}`,
    bundle,
    timeoutSeconds: 20,
    memoryMb: 256,
    reservedConcurrency: 1,
    environment: ({ queueUrl }) => ({
      ...ENVIRONMENT,
      QUEUES: JSON.stringify({
        default: {
          url: queueUrl(QUEUE),
          dlqUrl: queueUrl(DEAD_LETTER_QUEUE),
          worker: WORKER_FUNCTION,
          ...(consumed !== false && { mapping: MAPPING }),
        },
      }),
      CLOUDWATCH_LAG_SECONDS: '1',
      CLOUDWATCH_PERIOD_SECONDS: '1',
      CLOUDWATCH_INTERVAL_SECONDS: '1',
      STALLED_AFTER_SECONDS: '3',
      HEALTH_TOKEN: 'none',
      ...(bundle === 'sample-queue-depth' && tableOf(shape)),
      ...environment,
    }),
  };
}
