import { CfnMapping, Duration, Stack } from 'aws-cdk-lib';
import {
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { TaskWorker } from './task-worker.ts';

export interface TaskDashboardProps {
  readonly stage: string;
  readonly workers: readonly TaskWorker[];
}

const MINUTE = Duration.minutes(1);
const WIDTH = 6;
const CONSOLE_HOSTS = {
  aws: { host: 'console.aws.amazon.com' },
  'aws-cn': { host: 'console.amazonaws.cn' },
  'aws-us-gov': { host: 'console.amazonaws-us-gov.com' },
};

/** A CloudWatch dashboard with a row a queue: what waits, for how long, and how its worker fares. */
export class TaskDashboard extends Construct {
  readonly dashboard: Dashboard;
  /** Where the console shows it. */
  readonly url: string;

  constructor(scope: Construct, id: string, props: TaskDashboardProps) {
    super(scope, id);
    const dashboardName = `${props.stage}-tasks`;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName,
      defaultInterval: Duration.hours(3),
      widgets: props.workers.flatMap(describeQueue),
    });
    const { region, partition } = Stack.of(this);
    const hosts = new CfnMapping(this, 'ConsoleHosts', { mapping: CONSOLE_HOSTS });
    const host = hosts.findInMap(partition, 'host');
    this.url = `https://${host}/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardName}`;
  }
}

function describeQueue({ queue, function: { function: worker } }: TaskWorker): IWidget[][] {
  const atMost = { period: MINUTE, statistic: Stats.MAXIMUM };
  const inAll = { period: MINUTE, statistic: Stats.SUM };
  const { deadLetterQueue } = queue;
  return [
    [new TextWidget({ markdown: `# ${queue.name}`, width: 24, height: 1 })],
    [
      graph('Messages', [
        queue.queue.metricApproximateNumberOfMessagesVisible({ ...atMost, label: 'waiting' }),
        queue.queue.metricApproximateNumberOfMessagesNotVisible({ ...atMost, label: 'in flight' }),
        ...(deadLetterQueue
          ? [
              deadLetterQueue.metricApproximateNumberOfMessagesVisible({
                ...atMost,
                label: 'dead',
              }),
            ]
          : []),
      ]),
      graph('Oldest message, s', [
        queue.queue.metricApproximateAgeOfOldestMessage({ ...atMost, label: 'age' }),
      ]),
      graph('Messages a minute', [
        queue.queue.metricNumberOfMessagesSent({ ...inAll, label: 'sent' }),
        queue.queue.metricNumberOfMessagesDeleted({ ...inAll, label: 'deleted' }),
      ]),
      graph('Worker', [
        worker.metricInvocations({ ...inAll, label: 'invocations' }),
        worker.metricErrors({ ...inAll, label: 'errors' }),
        worker.metricThrottles({ ...inAll, label: 'throttles' }),
        worker.metric('ConcurrentExecutions', { ...atMost, label: 'instances' }),
      ]),
    ],
  ];
}

function graph(title: string, left: IMetric[]): IWidget {
  return new GraphWidget({ title, left, width: WIDTH, leftYAxis: { min: 0 } });
}
