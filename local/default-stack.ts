import type {
  EventSourceMappingDescription,
  QueueDescription,
  StackAddresses,
  StackDescription,
  StackFunction,
} from './stack-description.ts';

/** The queues of `npm start` by logical name, with the invocations that each one's worker may run at a time. */
const QUEUES = { high: 4, default: 4, low: 2 } as const;
type QueueName = keyof typeof QUEUES;

const QUEUE_NAMES = Object.keys(QUEUES) as QueueName[];
/** Longer than any task's timeoutSeconds (30 by default), or Lambda ends the task before its signal does. */
const WORKER_TIMEOUT_SECONDS = 40;
/** AWS's rule for SQS event sources: at least six times the function's timeout. */
const VISIBILITY_TIMEOUT_SECONDS = 6 * WORKER_TIMEOUT_SECONDS;
/** Above every task's maxAttempts, so that the worker decides and SQS's redrive is the last resort. */
const MAX_RECEIVE_COUNT = 15;

/** Between samples of the queues' depth, which in AWS are a minute apart. */
const SAMPLE_SECONDS = 10;

const sqsName = (queue: QueueName) => `local-${queue}`;
const deadLetterQueueName = (queue: QueueName) => `${sqsName(queue)}-dlq`;
const workerName = (queue: QueueName) => `local-process-${queue}`;
const mappingId = (queue: QueueName) => `local-mapping-${queue}`;

/** What `npm start` runs: three queues, each with its dead-letter queue and its worker, the API, and the sampling of their depth. */
export function describeDefaultStack(): StackDescription {
  return {
    queues: QUEUE_NAMES.flatMap(describeQueues),
    functions: [enqueueTask(), ...QUEUE_NAMES.map(worker), sampleQueueDepth(), health()],
    eventSourceMappings: QUEUE_NAMES.map(eventSourceMapping),
    routes: [
      { method: 'POST', path: '/tasks/{task}', functionName: 'local-enqueue-task' },
      ...['/health', '/metrics'].flatMap((path) =>
        ['GET', 'HEAD'].map((method) => ({ method, path, functionName: 'local-health' })),
      ),
    ],
    schedules: [
      {
        name: 'local-sample-queue-depth',
        functionName: 'local-sample-queue-depth',
        rateSeconds: SAMPLE_SECONDS,
        input: '{"time":"<aws.scheduler.scheduled-time>"}',
      },
    ],
  };
}

function describeQueues(queue: QueueName): QueueDescription[] {
  const deadLetterQueue = deadLetterQueueName(queue);
  return [
    {
      queueName: deadLetterQueue,
      messageRetentionSeconds: 1_209_600,
      redriveAllow: { sourceQueueNames: [sqsName(queue)] },
    },
    {
      queueName: sqsName(queue),
      visibilityTimeoutSeconds: VISIBILITY_TIMEOUT_SECONDS,
      redrive: { deadLetterQueueName: deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT },
    },
  ];
}

function enqueueTask(): StackFunction {
  return {
    functionName: 'local-enqueue-task',
    bundle: 'enqueue-task',
    timeoutSeconds: 10,
    memoryMb: 256,
    environment: (addresses) => ({
      ...COMMON_ENVIRONMENT,
      QUEUES: JSON.stringify(
        Object.fromEntries(
          QUEUE_NAMES.map((queue) => [queue, { url: addresses.queueUrl(sqsName(queue)) }]),
        ),
      ),
    }),
  };
}

function worker(queue: QueueName): StackFunction {
  return {
    functionName: workerName(queue),
    bundle: 'process-tasks',
    timeoutSeconds: WORKER_TIMEOUT_SECONDS,
    memoryMb: 512,
    reservedConcurrency: QUEUES[queue],
    environment: (addresses) => ({
      ...COMMON_ENVIRONMENT,
      QUEUES: JSON.stringify({ [queue]: workerQueue(queue, addresses) }),
    }),
  };
}

function sampleQueueDepth(): StackFunction {
  return {
    functionName: 'local-sample-queue-depth',
    bundle: 'sample-queue-depth',
    timeoutSeconds: 60,
    memoryMb: 256,
    reservedConcurrency: 1,
    environment: observerEnvironment,
  };
}

function health(): StackFunction {
  return {
    functionName: 'local-health',
    bundle: 'health',
    timeoutSeconds: 10,
    memoryMb: 256,
    environment: (addresses) => ({ ...observerEnvironment(addresses), HEALTH_TOKEN: 'none' }),
  };
}

/** Of those who read all queues and workers, with the local CloudWatch, which is never late. */
function observerEnvironment(addresses: StackAddresses): Record<string, string> {
  const seconds = String(SAMPLE_SECONDS);
  return {
    ...COMMON_ENVIRONMENT,
    QUEUES: JSON.stringify(
      Object.fromEntries(
        QUEUE_NAMES.map((queue) => [
          queue,
          {
            ...workerQueue(queue, addresses),
            worker: workerName(queue),
            mapping: mappingId(queue),
          },
        ]),
      ),
    ),
    CLOUDWATCH_LAG_SECONDS: '2',
    CLOUDWATCH_PERIOD_SECONDS: seconds,
    CLOUDWATCH_INTERVAL_SECONDS: seconds,
  };
}

const COMMON_ENVIRONMENT = { OTEL_SERVICE_NAME: 'leadline', ENVIRONMENT: 'local' };

function workerQueue(queue: QueueName, { queueUrl }: StackAddresses): Record<string, string> {
  return { url: queueUrl(sqsName(queue)), dlqUrl: queueUrl(deadLetterQueueName(queue)) };
}

function eventSourceMapping(queue: QueueName): EventSourceMappingDescription {
  return {
    uuid: mappingId(queue),
    queueName: sqsName(queue),
    functionName: workerName(queue),
    batchSize: 10,
    maximumConcurrency: QUEUES[queue],
    reportBatchItemFailures: true,
  };
}
