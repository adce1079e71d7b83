import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { scheduleName, type Task } from '../../lib/index.ts';
import { checkStage } from './check-stage.ts';
import { leastVisibilityTimeout, usualMaxReceiveCount } from './check-worker.ts';
import { OneTimeSchedules } from './one-time-schedules.ts';
import { QueueAlarms } from './queue-alarms.ts';
import { QueueDepthSchedule } from './queue-depth-schedule.ts';
import { TaskApi } from './task-api.ts';
import { TaskDashboard } from './task-dashboard.ts';
import { TaskQueue } from './task-queue.ts';
import type { TaskQueueSettings, TaskQueuesProps } from './task-queues-props.ts';
import { functionOptions, queueSettings, workerSettings } from './task-queues-settings.ts';
import { TaskSchedule } from './task-schedule.ts';
import { TaskTable } from './task-table.ts';
import { TaskWorker } from './task-worker.ts';

/** Everything that tasks need: queues, workers, API, schedules, depth, alarms and a dashboard. */
export class TaskQueues extends Construct {
  /** By logical name, as all that follow. */
  readonly queues: Record<string, TaskQueue> = {};
  readonly workers: Record<string, TaskWorker> = {};
  /** Where the state of tasks is, with `taskState: true`. */
  readonly taskTable: TaskTable | undefined;
  readonly api: TaskApi | undefined;
  readonly queueDepth: QueueDepthSchedule;
  readonly alarms: QueueAlarms | undefined;
  readonly dashboard: TaskDashboard;

  /** @throws Error for what would not work once it is deployed; it says what to set. */
  constructor(scope: Construct, id: string, props: TaskQueuesProps) {
    super(scope, id);
    const { stage = 'dev', tasks, oneuptime = {}, discoverQueues = false } = props;
    checkStage(stage);
    const options = functionOptions(stage, props);
    const settings = queueSettings(props);
    for (const [name, each] of Object.entries(settings)) {
      this.queues[name] = this.createQueue(stage, name, each, props);
    }
    if (props.taskState) {
      const removalPolicy = removalPolicyOf(stage, props);
      this.taskTable = new TaskTable(this, 'TaskTable', { stage, removalPolicy });
    }
    const state = this.taskTable && { taskTable: this.taskTable };
    const queues = Object.values(this.queues);
    for (const queue of queues) {
      const { environment, ...worker } = workerSettings(settings[queue.name] ?? {});
      this.workers[queue.name] = new TaskWorker(this, `Worker-${queue.name}`, {
        ...options,
        ...worker,
        environment: { ...options.environment, ...environment },
        ...state,
        tasks,
        queue,
        queues,
      });
    }
    const workers = Object.values(this.workers);
    const observed = { ...options, ...state, workers, discoverQueues };
    if (props.api !== false) {
      const { healthTokenParameter = `/leadline/${stage}/health-token` } = oneuptime;
      this.api = new TaskApi(this, 'Api', {
        ...observed,
        ...props.api,
        queues: queues.filter(({ name }) => tasks.some((task) => task.http && task.queue === name)),
        healthTokenParameter,
      });
    }
    this.queueDepth = new QueueDepthSchedule(this, 'QueueDepth', {
      ...observed,
      ...props.queueDepth,
      ...(oneuptime.heartbeatUrlParameter !== undefined && {
        heartbeatUrlParameter: oneuptime.heartbeatUrlParameter,
      }),
    });
    this.schedule(tasks);
    if (props.oneTimeSchedules) this.allowOneTimeSchedules(stage, tasks);
    if (props.alarms !== false) {
      const thresholds = Object.fromEntries(
        Object.entries(settings).map(([name, each]) => [name, each.thresholds ?? {}]),
      );
      const depthFunction = this.queueDepth.function;
      const all = { stage, workers, thresholds, depthFunction, ...props.alarms };
      this.alarms = new QueueAlarms(this, 'Alarms', all);
    }
    this.dashboard = new TaskDashboard(this, 'Dashboard', { stage, workers });
    this.tell();
  }

  private createQueue(
    stage: string,
    name: string,
    settings: TaskQueueSettings,
    props: TaskQueuesProps,
  ): TaskQueue {
    const { fifo = false, timeout = Duration.seconds(40), retention } = settings;
    const { batchSize = fifo ? 1 : 10, maxBatchingWindow, deadLetterRetention } = settings;
    const own = props.tasks.filter((task) => task.queue === name);
    const least = leastVisibilityTimeout(timeout.toSeconds(), maxBatchingWindow?.toSeconds() ?? 0);
    return new TaskQueue(this, `Queue-${name}`, {
      stage,
      name,
      fifo,
      visibilityTimeout: settings.visibilityTimeout ?? Duration.seconds(least),
      maxReceiveCount: settings.maxReceiveCount ?? usualMaxReceiveCount(own, fifo, batchSize),
      ...(retention && { retention }),
      ...(deadLetterRetention && { deadLetterRetention }),
      removalPolicy: removalPolicyOf(stage, props),
    });
  }

  private schedule(tasks: readonly Task[]): void {
    for (const task of tasks) {
      const queue = this.queues[task.queue];
      if (queue === undefined) continue;
      for (const [index, entry] of task.schedule.entries()) {
        const name = scheduleName(task, index);
        new TaskSchedule(this, `Schedule-${name}`, { task, entry, name, queue });
      }
    }
  }

  /** Of `enqueue-task`, and of the workers whose tasks enqueue others. */
  private allowOneTimeSchedules(stage: string, tasks: readonly Task[]): void {
    const queues = Object.values(this.queues);
    const schedules = new OneTimeSchedules(this, 'OneTimeSchedules', { stage, queues });
    const enqueuing = Object.values(this.workers).filter(({ queue }) =>
      tasks.some((task) => task.queue === queue.name && task.enqueues.length > 0),
    );
    for (const { function: each } of enqueuing) schedules.grantCreate(each);
    if (this.api?.enqueueFunction) schedules.grantCreate(this.api.enqueueFunction);
  }

  private tell(): void {
    if (this.api) new CfnOutput(this, 'ApiUrl', { value: this.api.url });
    for (const { name, queue } of Object.values(this.queues)) {
      new CfnOutput(this, `QueueUrl-${name}`, { value: queue.queueUrl });
    }
    if (this.taskTable) {
      new CfnOutput(this, 'TaskTableName', { value: this.taskTable.table.tableName });
    }
    new CfnOutput(this, 'DashboardUrl', { value: this.dashboard.url });
  }
}

function removalPolicyOf(stage: string, { removalPolicy }: TaskQueuesProps): RemovalPolicy {
  if (removalPolicy !== undefined) return removalPolicy;
  // Plain RETAIN would keep what has a name when the first deployment rolls back too, and it would
  // be in the way of the next.
  return stage === 'prod' ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}
