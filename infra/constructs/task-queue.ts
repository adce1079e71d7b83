import { Duration, type RemovalPolicy, Stack } from 'aws-cdk-lib';
import {
  DeduplicationScope,
  FifoThroughputLimit,
  type IQueue,
  Queue,
  QueueEncryption,
  type QueueProps,
  RedrivePermission,
} from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** A queue, with what its worker has to know of it: a `TaskQueue`, or a queue of one's own. */
export interface ITaskQueue {
  /** Logical name: what `queue` of a task says. */
  readonly name: string;
  readonly queue: IQueue;
  /** Where dead messages go. A worker needs one. */
  readonly deadLetterQueue?: IQueue;
  readonly visibilityTimeout: Duration;
  /** After how many receives SQS itself moves a message to the dead-letter queue. */
  readonly maxReceiveCount: number;
}

export interface TaskQueueProps {
  /** Begins the physical name. */
  readonly stage: string;
  /** Logical name; the physical one is `<stage>-<name>`. */
  readonly name: string;
  /** Messages of a group in order, one after the other. @default false */
  readonly fifo?: boolean;
  /** At least 6 × the worker's timeout + its batching window. */
  readonly visibilityTimeout: Duration;
  /** Above the attempts of every task: the worker decides, SQS is the last resort. */
  readonly maxReceiveCount: number;
  /** How long a message may wait. @default Duration.days(4) */
  readonly retention?: Duration;
  /** How long a dead message is kept; longer than `retention`. @default Duration.days(14) */
  readonly deadLetterRetention?: Duration;
  /** @default - the queue and its messages go with the stack */
  readonly removalPolicy?: RemovalPolicy;
}

/** An SQS queue with its dead-letter queue: encrypted, over TLS only. */
export class TaskQueue extends Construct implements ITaskQueue {
  readonly name: string;
  readonly queue: Queue;
  readonly deadLetterQueue: Queue;
  readonly visibilityTimeout: Duration;
  readonly maxReceiveCount: number;

  /** @throws Error for a name, a count or a retention that SQS or the worker cannot work with. */
  constructor(scope: Construct, id: string, props: TaskQueueProps) {
    super(scope, id);
    const { stage, name, fifo = false, visibilityTimeout, maxReceiveCount } = props;
    const { retention = Duration.days(4), deadLetterRetention = Duration.days(14) } = props;
    this.name = name;
    this.visibilityTimeout = visibilityTimeout;
    this.maxReceiveCount = maxReceiveCount;
    checkQueue(props, retention, deadLetterRetention);
    const suffix = fifo ? '.fifo' : '';
    const queueName = `${stage}-${name}${suffix}`;
    const common: QueueProps = {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      ...(props.removalPolicy && { removalPolicy: props.removalPolicy }),
      ...(fifo && {
        fifo,
        // High throughput: 300 messages a second are then the limit of a group, not of the queue.
        deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
        fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      }),
    };
    // The queue refers to its dead-letter queue. Were that to refer back, CloudFormation could make
    // neither: so by an ARN that is put together from the name.
    const source = Queue.fromQueueArn(
      this,
      'Source',
      Stack.of(this).formatArn({ service: 'sqs', resource: queueName }),
    );
    this.deadLetterQueue = new Queue(this, 'DeadLetterQueue', {
      ...common,
      queueName: `${stage}-${name}-dlq${suffix}`,
      retentionPeriod: deadLetterRetention,
      redriveAllowPolicy: {
        redrivePermission: RedrivePermission.BY_QUEUE,
        sourceQueues: [source],
      },
    });
    this.queue = new Queue(this, 'Queue', {
      ...common,
      queueName,
      visibilityTimeout,
      retentionPeriod: retention,
      deadLetterQueue: { queue: this.deadLetterQueue, maxReceiveCount },
    });
  }
}

function checkQueue(
  { name, stage, maxReceiveCount, visibilityTimeout }: TaskQueueProps,
  retention: Duration,
  deadLetterRetention: Duration,
): void {
  const problem = (text: string) => new Error(`Queue ${JSON.stringify(name)}: ${text}`);
  if (!/^[A-Za-z0-9_-]+$/.test(name) || `${stage}-${name}-dlq.fifo`.length > 80) {
    throw problem('use letters, digits, "-" and "_"; with the stage and "-dlq.fifo" at most 80.');
  }
  if (!(Number.isInteger(maxReceiveCount) && maxReceiveCount >= 1 && maxReceiveCount <= 1000)) {
    throw problem(
      `maxReceiveCount is ${maxReceiveCount}, and SQS takes whole numbers from 1 to 1,000. Set it within them, or lower the attempts of its tasks, or the batch size.`,
    );
  }
  if (visibilityTimeout.toSeconds() > 43_200) {
    throw problem(
      'visibilityTimeout is over the 12 hours of SQS. Lower the timeout of its worker.',
    );
  }
  // SQS counts a message's age from when it was sent, not from when it died.
  if (deadLetterRetention.toSeconds() <= retention.toSeconds()) {
    throw problem(
      `deadLetterRetention (${deadLetterRetention.toHumanString()}) is not longer than retention (${retention.toHumanString()}), so a message could expire as soon as it dies. Set deadLetterRetention higher, up to 14 days.`,
    );
  }
}
