/**
 * The metrics of docs/telemetry.md that charts and monitors use, by what may be done with them. A
 * counter is added up. A gauge is read. A gauge of one minute's sum is read too: added up again it
 * would grow with the width of the chart's buckets.
 */
export const METRICS = {
  'task.attempts': 'counter',
  'task.started': 'counter',
  'task.completed': 'counter',
  'task.failed': 'counter',
  'task.retries': 'counter',
  'task.duration': 'histogram',
  'task.wait': 'histogram',
  'queue.depth': 'gauge',
  'queue.in_flight': 'gauge',
  'queue.dead_letters': 'gauge',
  'queue.oldest_message.age': 'gauge',
  'schedule.overdue': 'gauge',
  'queue.sample_errors': 'counter',
  'queue.messages.sent': 'gauge per minute',
  'queue.messages.deleted': 'gauge per minute',
  'workers.active': 'gauge',
  'worker.errors': 'gauge per minute',
  'worker.throttles': 'gauge per minute',
  'telemetry.dropped': 'counter',
} as const;

export type MetricName = keyof typeof METRICS;

/** As OneUptime has it stored: METRIC_PREFIX is honoured, and every name is in lower case there. */
export function storedName(metric: MetricName, prefix: string): string {
  return `${prefix}${metric}`.toLowerCase();
}
