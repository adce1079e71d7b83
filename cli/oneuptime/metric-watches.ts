import type {
  MonitoredStage,
  QueueThresholds,
  TaskThresholds,
} from '../project/monitored-stage.ts';
import type { MetricWatch } from './bodies/metric-watch.ts';

/** The metric monitors of a stage, each of which watches all queues, or all tasks. */
export function listMetricWatches(stage: MonitoredStage): MetricWatch[] {
  // A monitor without queries and filters would be taken, and never fire.
  return [
    ...(Object.keys(stage.queues).length > 0 ? watchQueues(stage) : []),
    ...(stage.tasks.length > 0 ? watchTasks(stage) : []),
    ...watchSchedules(stage),
  ];
}

function watchQueues({ queues }: MonitoredStage): MetricWatch[] {
  const thresholds = (key: keyof QueueThresholds) =>
    Object.fromEntries(
      Object.entries(queues).map(([name, queue]) => [name, queue.thresholds[key]]),
    );
  const gauge = { aggregation: 'Max', groupBy: 'queue.name', noData: 'Ignore' } as const;
  return [
    {
      ...gauge,
      key: 'queue-depth',
      title: 'Queue depth',
      description: 'More messages wait than the threshold, in every minute of the last 5.',
      metric: 'queue.depth',
      thresholds: thresholds('depth'),
      fires: 'All Values',
      window: 'Past 5 Minutes',
      alarm: {
        as: 'incident',
        urgency: 'low',
        title: 'A queue is backed up',
        description: 'Messages come faster than they are worked on, or nobody works on them.',
      },
    },
    {
      ...gauge,
      key: 'oldest-message',
      title: 'Oldest message',
      description: 'The oldest message is older than the threshold in all figures of 10 minutes.',
      metric: 'queue.oldest_message.age',
      thresholds: thresholds('oldestMessageAgeSeconds'),
      fires: 'All Values',
      // CloudWatch's figures are 3 minutes old or older when they arrive: 5 minutes have one or two.
      window: 'Past 10 Minutes',
      alarm: {
        as: 'incident',
        urgency: 'high',
        title: 'Messages wait for too long',
        description: 'The oldest message of a queue is older than it may be.',
      },
    },
    {
      ...gauge,
      key: 'dead-letters',
      title: 'Dead letters',
      description: 'A dead-letter queue has more messages than the threshold.',
      metric: 'queue.dead_letters',
      thresholds: thresholds('deadLetters'),
      fires: 'Any Value',
      window: 'Past 5 Minutes',
      alarm: {
        as: 'incident',
        urgency: 'high',
        title: 'Tasks are dead',
        description: 'Messages in a dead-letter queue have used up their attempts.',
      },
    },
    {
      ...gauge,
      key: 'in-flight',
      title: 'In flight',
      description: 'More messages are in flight than the threshold; SQS hands out 120,000.',
      metric: 'queue.in_flight',
      thresholds: thresholds('inFlight'),
      fires: 'Any Value',
      window: 'Past 5 Minutes',
      alarm: {
        as: 'incident',
        urgency: 'high',
        title: 'A queue nears the limit of messages in flight',
        description:
          'At 120,000 in flight SQS hands out no more. Messages that wait for a retry count.',
      },
    },
  ];
}

function watchTasks({ tasks, unknownTask }: MonitoredStage): MetricWatch[] {
  const thresholds = (key: keyof TaskThresholds) => ({
    thresholds: Object.fromEntries(tasks.map((task) => [task.name, task.thresholds[key]])),
    besides: { only: 'unknown', threshold: unknownTask[key] },
  });
  const counter = {
    aggregation: 'Sum',
    groupBy: 'task.name',
    fires: 'All Values',
    // A counter that was not counted up is not sent.
    noData: 'Treat As Zero',
  } as const;
  return [
    {
      ...counter,
      key: 'failure-rate',
      title: 'Failure rate',
      description:
        'More attempts fail than the threshold, in every minute of 10 that has a failure.',
      metric: 'task.failed',
      dividedBy: 'task.attempts',
      ...thresholds('failureRate'),
      window: 'Past 10 Minutes',
      alarm: {
        // The ratio is there only in minutes that have a failure: of a task that seldom runs one
        // transient failure, which a retry heals, is a rate of 1. What lasts becomes a dead letter.
        as: 'alert',
        urgency: 'low',
        title: 'A task fails too often',
        description: 'The share of its attempts that fail is over the threshold.',
      },
    },
    {
      ...counter,
      key: 'retries',
      title: 'Retries',
      description: 'More retries a minute than the threshold, in every minute of 5 that has one.',
      metric: 'task.retries',
      ...thresholds('retriesPerMinute'),
      window: 'Past 5 Minutes',
      alarm: {
        as: 'alert',
        urgency: 'low',
        title: 'A storm of retries',
        description:
          'A task is tried again so often that it may be what keeps its dependency down.',
      },
    },
    {
      key: 'task-duration',
      title: 'Task duration P95',
      description: '5 % of the attempts take longer than the threshold, in every minute of 10.',
      metric: 'task.duration',
      aggregation: 'P95',
      groupBy: 'task.name',
      ...thresholds('p95DurationMs'),
      fires: 'All Values',
      window: 'Past 10 Minutes',
      noData: 'Ignore',
      alarm: {
        as: 'alert',
        urgency: 'low',
        title: 'A task is slow',
        description: 'The slowest 5 % of its attempts take longer than their budget.',
      },
    },
  ];
}

/** Without task state nobody knows when a schedule last ran. */
function watchSchedules({ taskState, tasks }: MonitoredStage): MetricWatch[] {
  const scheduled = tasks.filter((task) => task.scheduled);
  if (!taskState || scheduled.length === 0) return [];
  return [
    {
      key: 'schedule-overdue',
      title: 'Schedule overdue',
      description: 'A scheduled run has not begun, in every minute of the last 5.',
      metric: 'schedule.overdue',
      aggregation: 'Max',
      groupBy: 'task.name',
      thresholds: Object.fromEntries(scheduled.map(({ name }) => [name, 0])),
      fires: 'All Values',
      window: 'Past 5 Minutes',
      noData: 'Ignore',
      alarm: {
        as: 'incident',
        urgency: 'high',
        title: 'A scheduled task did not run',
        description: 'Its schedule did not send a message, or no worker has taken it up.',
      },
    },
  ];
}
