import { Duration } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import {
  ContextAttribute,
  Schedule,
  ScheduleExpression,
  ScheduleTargetInput,
} from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { checkNumber } from './check-number.ts';
import { observeQueues } from './observe-queues.ts';
import { createSchedulerRole } from './scheduler-role.ts';
import { TaskFunction, type TaskFunctionOptions } from './task-function.ts';
import type { TaskTable } from './task-table.ts';
import type { TaskWorker } from './task-worker.ts';

export interface QueueDepthScheduleProps extends TaskFunctionOptions {
  readonly workers: readonly TaskWorker[];
  /**
   * Whether the function finds every queue whose name begins with `<stage>-`, in place of being
   * told. For more queues than its variables hold; costs rights on `*`. The queues of a stage that
   * begins with this one and a "-" are found too.
   *
   * @default false
   */
  readonly discoverQueues?: boolean;
  /** Time between two samples. @default Duration.minutes(1) */
  readonly resolution?: Duration;
  /**
   * Time between two reads of CloudWatch for a queue with messages: 1 minute to 1 day.
   *
   * @default Duration.minutes(5)
   */
  readonly cloudwatchInterval?: Duration;
  /**
   * In MB. A run over 1,000 queues takes 1.8 s of CPU, and 256 MB have a seventh of a CPU: give more
   * of them to hundreds of queues.
   *
   * @default 256
   */
  readonly memorySize?: number;
  /** Name of the SSM SecureString with the URL to call after each run. @default - none is called */
  readonly heartbeatUrlParameter?: string;
  /** Where the last runs of schedules are. @default - no task state */
  readonly taskTable?: TaskTable;
}

/** Measures the queues once a minute. That it does is watched by the heartbeat, not by retries. */
export class QueueDepthSchedule extends Construct {
  readonly function: TaskFunction;
  readonly schedule: Schedule;

  /** @throws Error when the function cannot be told of so many queues, or by a bad setting. */
  constructor(scope: Construct, id: string, props: QueueDepthScheduleProps) {
    super(scope, id);
    const { resolution = Duration.minutes(1), cloudwatchInterval = Duration.minutes(5) } = props;
    const interval = cloudwatchInterval.toSeconds();
    checkResolution(resolution);
    checkNumber('cloudwatchInterval', interval, { from: 60, to: 86_400, unit: ' s' });
    this.function = new TaskFunction(this, 'Function', {
      ...props,
      bundle: 'sample-queue-depth',
      description: 'Measures the depth of the queues',
      // Samples may take the whole minute, and are sent after it.
      timeout: Duration.seconds(90),
    });
    const { function: lambda } = this.function;
    this.function.setVariable('RESOLUTION_SECONDS', String(resolution.toSeconds()));
    this.function.setVariable('CLOUDWATCH_INTERVAL_SECONDS', String(interval));
    if (props.heartbeatUrlParameter !== undefined) {
      this.function.readParameter('HEARTBEAT_URL_PARAMETER', props.heartbeatUrlParameter);
    }
    observeQueues(this.function, props);
    props.taskTable?.allowLastRuns(this.function);
    // Scheduler invokes asynchronously, and Lambda would try a failed event twice more, up to six
    // hours later: figures of a minute that is over. The next minute is its own.
    lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.seconds(60) });
    this.schedule = this.everyMinute();
  }

  private everyMinute(): Schedule {
    const lambda = this.function.function;
    const role = createSchedulerRole(this, [
      new PolicyStatement({
        actions: ['lambda:InvokeFunction'],
        resources: [lambda.functionArn],
      }),
    ]);
    return new Schedule(this, 'Schedule', {
      description: 'Measures the depth of the queues',
      schedule: ScheduleExpression.rate(Duration.minutes(1)),
      target: {
        bind: () => ({
          arn: lambda.functionArn,
          role,
          input: ScheduleTargetInput.fromObject({ time: ContextAttribute.scheduledTime }),
          retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        }),
      },
    });
  }
}

function checkResolution(resolution: Duration): void {
  const seconds = resolution.toSeconds();
  if (Number.isInteger(60 / seconds)) return;
  throw new Error(
    `resolution is ${seconds} s; the function runs once a minute, so set a part of it: 60, 30, 20, 15, 12, 10, 6, 5, 4, 3, 2 or 1 s.`,
  );
}
