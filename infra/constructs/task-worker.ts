import { Annotations, Duration } from 'aws-cdk-lib';
import { EventSourceMapping, MetricType, type RecursiveLoop } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Task } from '../../lib/index.ts';
import { checkWorker } from './check-worker.ts';
import { setQueuesVariable } from './queues-variable.ts';
import { TaskFunction, type TaskFunctionOptions } from './task-function.ts';
import type { ITaskQueue } from './task-queue.ts';
import type { TaskTable } from './task-table.ts';

export interface TaskWorkerProps extends TaskFunctionOptions {
  readonly queue: ITaskQueue;
  /** Every contract of the app: the ones of this queue decide what is checked. */
  readonly tasks: readonly Task[];
  /** Every queue of the app, for tasks that enqueue others. @default - the worker's own */
  readonly queues?: readonly ITaskQueue[];
  /** Above the `timeoutSeconds` of each of its tasks. @default Duration.seconds(40) */
  readonly timeout?: Duration;
  /** In MB. @default 512 */
  readonly memorySize?: number;
  /** Messages at a time; over 10 with a batching window only. @default 10, and 1 on a FIFO queue */
  readonly batchSize?: number;
  /** How long Lambda waits for a batch to fill. @default Duration.seconds(0) */
  readonly maxBatchingWindow?: Duration;
  /** Batches at a time: 2 to 1,000. @default 10 */
  readonly maxConcurrency?: number;
  /** At least twice `maxConcurrency`. @default - none reserved */
  readonly reservedConcurrentExecutions?: number;
  /**
   * What Lambda does after 16 hops of one chain of messages, for tasks that enqueue each other.
   *
   * @default RecursiveLoop.TERMINATE
   */
  readonly recursiveLoop?: RecursiveLoop;
  /** @default - no task state, and no idempotent task */
  readonly taskTable?: TaskTable;
}

/** The function that works on one queue, and the event source mapping that feeds it. */
export class TaskWorker extends Construct {
  readonly queue: ITaskQueue;
  readonly function: TaskFunction;
  readonly mapping: EventSourceMapping;

  /** @throws Error for settings that lose messages or that AWS refuses; it says what to set. */
  constructor(scope: Construct, id: string, props: TaskWorkerProps) {
    super(scope, id);
    const { queue, timeout = Duration.seconds(40), maxConcurrency = 10 } = props;
    const { batchSize = queue.queue.fifo ? 1 : 10, memorySize = 512 } = props;
    const maxBatchingWindow = props.maxBatchingWindow ?? Duration.seconds(0);
    const tasks = props.tasks.filter((task) => task.queue === queue.name);
    this.queue = queue;
    checkWorker({
      queueName: queue.name,
      fifo: queue.queue.fifo,
      hasDeadLetterQueue: queue.deadLetterQueue !== undefined,
      hasTaskTable: props.taskTable !== undefined,
      visibilityTimeout: queue.visibilityTimeout.toSeconds(),
      maxReceiveCount: queue.maxReceiveCount,
      tasks,
      functionTimeout: timeout.toSeconds(),
      batchSize,
      batchingWindow: maxBatchingWindow.toSeconds(),
      maxConcurrency,
      reservedConcurrency: props.reservedConcurrentExecutions,
    });
    this.warnOfLongDelays(tasks);
    this.function = new TaskFunction(this, 'Function', {
      ...props,
      bundle: 'process-tasks',
      functionName: `process-${queue.name}`,
      description: `Works on the tasks of the queue ${queue.name}`,
      timeout,
      memorySize,
    });
    const enqueued = enqueuedQueues(tasks, props);
    this.connect(enqueued, batchSize);
    props.taskTable?.allowWork(this.function, { enqueues: enqueued.length > 0 });
    this.mapping = new EventSourceMapping(this, 'Mapping', {
      target: this.function.function,
      eventSourceArn: queue.queue.queueArn,
      batchSize,
      ...(maxBatchingWindow.toSeconds() > 0 && { maxBatchingWindow }),
      maxConcurrency,
      reportBatchItemFailures: true,
      metricsConfig: { metrics: [MetricType.EVENT_COUNT] },
    });
    // Lambda refuses a mapping whose function may not read the queue yet.
    this.mapping.node.addDependency(this.function.role);
  }

  private connect(enqueued: readonly ITaskQueue[], batchSize: number): void {
    const { queue, deadLetterQueue } = this.queue;
    this.function.allow(
      [
        'sqs:ReceiveMessage',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:ChangeMessageVisibility',
      ],
      [queue.queueArn],
    );
    if (queue.encryptionMasterKey) {
      this.function.allow(['kms:Decrypt'], [queue.encryptionMasterKey.keyArn]);
    }
    if (deadLetterQueue) this.function.allowSend(deadLetterQueue);
    for (const each of enqueued) this.function.allowSend(each.queue);
    const others = enqueued.filter((each) => each !== this.queue);
    setQueuesVariable(
      this.function,
      [
        {
          queue: this.queue,
          withDeadLetterQueue: true,
          ...(queue.fifo && batchSize > 1 && { batchSize }),
        },
        ...others.map((each) => ({ queue: each })),
      ],
      'Its tasks enqueue to too many queues: lower their number in enqueues.',
    );
  }

  private warnOfLongDelays(tasks: readonly Task[]): void {
    for (const { name, retry } of tasks) {
      if (retry.maxDelaySeconds <= 900) continue;
      Annotations.of(this).addWarningV2(
        `leadline:retry-delay:${name}`,
        `Task ${JSON.stringify(name)} may wait ${retry.maxDelaySeconds} s for its next attempt. A message that waits is in flight, and a queue has at most 120,000 of those: ${Math.floor(120_000 / retry.maxDelaySeconds)} failures a second would stop the queue. Set retry.maxDelaySeconds to 900 or less.`,
      );
    }
  }
}

/** The queues that the tasks of this worker enqueue to. */
function enqueuedQueues(tasks: readonly Task[], props: TaskWorkerProps): ITaskQueue[] {
  const { queues = [props.queue] } = props;
  const found = new Set<ITaskQueue>();
  for (const task of tasks) {
    for (const name of task.enqueues) {
      const other = props.tasks.find((each) => each.name === name);
      if (other === undefined) {
        throw new Error(
          `Task "${task.name}" enqueues "${name}", and no task has that name. Correct enqueues, or add the contract to tasks.`,
        );
      }
      const queue = queues.find((each) => each.name === other.queue);
      if (queue === undefined) {
        throw new Error(
          `Task "${task.name}" enqueues "${name}", whose queue "${other.queue}" the worker was not given. Add it to queues.`,
        );
      }
      found.add(queue);
    }
  }
  return [...found];
}
