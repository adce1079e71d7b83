import type { GaugeName } from './gauges.ts';

/** A figure that only CloudWatch has, of a queue or of its worker. */
export interface Figure {
  gauge: GaugeName;
  metric: string;
  stat: 'Maximum' | 'Sum';
  of: 'queue' | 'worker';
}

/** Asked for every minute of a queue that has messages. */
export const OLDEST_AGE: Figure = {
  gauge: 'queue.oldest_message.age',
  metric: 'ApproximateAgeOfOldestMessage',
  stat: 'Maximum',
  of: 'queue',
};

/** Tells whether a quiet queue is in use. */
export const SENT: Figure = {
  gauge: 'queue.messages.sent',
  metric: 'NumberOfMessagesSent',
  stat: 'Sum',
  of: 'queue',
};

export const DELETED: Figure = {
  gauge: 'queue.messages.deleted',
  metric: 'NumberOfMessagesDeleted',
  stat: 'Sum',
  of: 'queue',
};

/** All but the age, asked for together. */
export const INTERVAL_FIGURES: readonly Figure[] = [
  SENT,
  {
    gauge: 'queue.messages.received',
    metric: 'NumberOfMessagesReceived',
    stat: 'Sum',
    of: 'queue',
  },
  DELETED,
  { gauge: 'workers.active', metric: 'ConcurrentExecutions', stat: 'Maximum', of: 'worker' },
  { gauge: 'worker.invocations', metric: 'Invocations', stat: 'Sum', of: 'worker' },
  { gauge: 'worker.errors', metric: 'Errors', stat: 'Sum', of: 'worker' },
  { gauge: 'worker.throttles', metric: 'Throttles', stat: 'Sum', of: 'worker' },
];
