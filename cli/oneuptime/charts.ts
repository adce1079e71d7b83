import type { Chart } from './bodies/dashboard.ts';

const byQueue = { aggregation: 'Max', groupBy: 'queue.name' } as const;
// The scale of a sum changes with the zoom: OneUptime adds up by 1 minute, by 5, or by 15.
const byTask = { aggregation: 'Sum', groupBy: 'task.name' } as const;
const PERCENTILES = ['P50', 'P95', 'P99'] as const;

/** What the dashboard shows, from left to right and from top to bottom. */
export const CHARTS: readonly Chart[] = [
  { title: 'Queue depth', metric: 'queue.depth', ...byQueue },
  { title: 'Age of the oldest message (s)', metric: 'queue.oldest_message.age', ...byQueue },
  { title: 'In flight', metric: 'queue.in_flight', ...byQueue },
  { title: 'Dead letters', metric: 'queue.dead_letters', ...byQueue },
  { title: 'Tasks started', metric: 'task.started', ...byTask },
  { title: 'Tasks completed', metric: 'task.completed', ...byTask },
  { title: 'Attempts failed', metric: 'task.failed', ...byTask },
  { title: 'Retries', metric: 'task.retries', ...byTask },
  ...PERCENTILES.flatMap((aggregation): Chart[] => [
    { title: `Duration ${aggregation} (ms)`, metric: 'task.duration', ...byTask, aggregation },
    { title: `Wait ${aggregation} (ms)`, metric: 'task.wait', ...byTask, aggregation },
  ]),
  { title: 'Messages sent a minute', metric: 'queue.messages.sent', ...byQueue },
  { title: 'Messages deleted a minute', metric: 'queue.messages.deleted', ...byQueue },
  { title: 'Workers active', metric: 'workers.active', ...byQueue },
  { title: 'Worker errors a minute', metric: 'worker.errors', ...byQueue },
  { title: 'Worker throttles a minute', metric: 'worker.throttles', ...byQueue },
  // A queue that could not be read has no gauges, and its open incidents resolve themselves.
  {
    title: 'Queues that could not be read',
    metric: 'queue.sample_errors',
    aggregation: 'Sum',
    groupBy: 'queue.name',
  },
  {
    title: 'Telemetry dropped',
    metric: 'telemetry.dropped',
    aggregation: 'Sum',
    groupBy: 'signal',
  },
];
