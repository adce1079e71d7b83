import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  ComparisonOperator,
  type IMetric,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { checkNumber } from './check-number.ts';
import type { TaskFunction } from './task-function.ts';
import type { TaskWorker } from './task-worker.ts';

/** Above these the alarm goes off. */
export interface QueueAlarmThresholds {
  /** Messages that wait, for 5 minutes. @default 1000 */
  readonly depth?: number;
  /** @default Duration.minutes(5) */
  readonly oldestMessageAge?: Duration;
  /** SQS's limit is 120,000. @default 90000 */
  readonly inFlight?: number;
  /** @default 0 */
  readonly deadLetters?: number;
}

export interface QueueAlarmsProps {
  readonly stage: string;
  readonly workers: readonly TaskWorker[];
  /** By logical name of the queue. @default - the defaults of each threshold */
  readonly thresholds?: Record<string, QueueAlarmThresholds>;
  /** The function that measures the queues. @default - it is not watched */
  readonly depthFunction?: TaskFunction;
  /** Where alarms go. @default - a new topic */
  readonly topic?: ITopic;
  /** Gets the alarms, once it has confirmed. @default - nobody is subscribed */
  readonly email?: string;
}

/** CloudWatch alarms: the second line, for when OneUptime or the depth function is down. */
export class QueueAlarms extends Construct {
  readonly topic: ITopic;
  private readonly stage: string;

  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id);
    this.stage = props.stage;
    this.topic = props.topic ?? this.createTopic();
    if (props.email !== undefined) this.topic.addSubscription(new EmailSubscription(props.email));
    for (const worker of props.workers) {
      this.watchQueue(worker, props.thresholds?.[worker.queue.name] ?? {});
      this.watchWorker(worker);
    }
    if (props.depthFunction) this.watchDepthFunction(props.depthFunction);
  }

  private watchQueue({ queue }: TaskWorker, thresholds: QueueAlarmThresholds): void {
    const { depth = 1000, inFlight = 90_000, deadLetters = 0 } = thresholds;
    const { oldestMessageAge = Duration.minutes(5) } = thresholds;
    const of = `of the alarms of queue ${JSON.stringify(queue.name)}`;
    checkNumber(`depth ${of}`, depth, { from: 0 });
    checkNumber(`inFlight ${of}`, inFlight, { from: 0, to: 119_999 });
    checkNumber(`deadLetters ${of}`, deadLetters, { from: 0 });
    const options = { period: Duration.minutes(1), statistic: Stats.MAXIMUM };
    this.alarm(`${queue.name}-depth`, {
      metric: queue.queue.metricApproximateNumberOfMessagesVisible(options),
      above: depth,
      minutes: 5,
      description: `More than ${depth} messages wait in ${queue.name}.`,
    });
    this.alarm(`${queue.name}-oldest-message`, {
      metric: queue.queue.metricApproximateAgeOfOldestMessage(options),
      above: oldestMessageAge.toSeconds(),
      minutes: 5,
      description: `A message of ${queue.name} has waited for over ${oldestMessageAge.toHumanString()}.`,
    });
    this.alarm(`${queue.name}-in-flight`, {
      metric: queue.queue.metricApproximateNumberOfMessagesNotVisible(options),
      above: inFlight,
      minutes: 1,
      description: `Over ${inFlight} messages of ${queue.name} are in flight; at 120,000 SQS hands out no more.`,
    });
    if (!queue.deadLetterQueue) return;
    this.alarm(`${queue.name}-dead-letters`, {
      metric: queue.deadLetterQueue.metricApproximateNumberOfMessagesVisible(options),
      above: deadLetters,
      minutes: 1,
      description: `Dead messages of ${queue.name} wait in its dead-letter queue.`,
    });
  }

  /** Of the invocation as a whole: a task that fails is no error of the function. */
  private watchWorker({ queue, function: { function: worker } }: TaskWorker): void {
    const options = { period: Duration.minutes(1), statistic: Stats.SUM };
    this.alarm(`${queue.name}-worker-errors`, {
      metric: worker.metricErrors(options),
      above: 0,
      minutes: 3,
      description: `The worker of ${queue.name} crashes or times out.`,
    });
    this.alarm(`${queue.name}-worker-throttles`, {
      metric: worker.metricThrottles(options),
      above: 0,
      minutes: 5,
      description: `The worker of ${queue.name} is throttled.`,
    });
  }

  private watchDepthFunction({ function: depth }: TaskFunction): void {
    const options = { period: Duration.minutes(5), statistic: Stats.SUM };
    const completed = new MathExpression({
      expression: 'FILL(invocations, 0) - FILL(errors, 0)',
      usingMetrics: {
        invocations: depth.metricInvocations(options),
        errors: depth.metricErrors(options),
      },
      period: Duration.minutes(5),
    });
    const alarm = new Alarm(this, 'DepthFunction', {
      alarmName: `${this.stage}-queue-depth-silent`,
      alarmDescription: 'The function that measures the queues has not completed for 5 minutes.',
      metric: completed,
      threshold: 1,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      evaluationPeriods: 1,
      // One that is never invoked has no figures at all. The price: it goes off once when it is made.
      treatMissingData: TreatMissingData.BREACHING,
    });
    this.tell(alarm);
  }

  private alarm(
    name: string,
    watched: { metric: IMetric; above: number; minutes: number; description: string },
  ): void {
    const { metric, above, minutes, description } = watched;
    const alarm = new Alarm(this, name, {
      alarmName: `${this.stage}-${name}`,
      alarmDescription: description,
      metric,
      threshold: above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: minutes,
      // A queue that has been idle for hours has no figures.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    this.tell(alarm);
  }

  private tell(alarm: Alarm): void {
    const action = new SnsAction(this.topic);
    alarm.addAlarmAction(action);
    alarm.addOkAction(action);
  }

  private createTopic(): Topic {
    // Not encrypted by AWS's own key: CloudWatch could not publish to it then.
    const topic = new Topic(this, 'Topic', { topicName: `${this.stage}-alarms`, enforceSSL: true });
    // A policy of one's own replaces the default one, which would have let CloudWatch publish.
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return topic;
  }
}
