import type { MonitoredQueue } from '../project/monitored-stage.ts';
import type { Finding } from './finding.ts';
import type { QueueState } from './read-queue-state.ts';

/** AWS's rule for SQS and Lambda: 6 × the function's timeout + the batching window. */
export function checkVisibility(
  queueName: string,
  { functionTimeoutSeconds, batchingWindowSeconds }: MonitoredQueue,
  { visibilityTimeoutSeconds }: QueueState,
): Finding {
  const name = `visibility of ${queueName}`;
  const least = 6 * functionTimeoutSeconds + batchingWindowSeconds;
  if (visibilityTimeoutSeconds >= least) {
    return { name, level: 'ok', text: `${visibilityTimeoutSeconds} s, at least ${least} s` };
  }
  const timeouts = `6 × the function's ${functionTimeoutSeconds} s + the batching window's ${batchingWindowSeconds} s`;
  return {
    name,
    level: 'problem',
    text: `${visibilityTimeoutSeconds} s is less than ${timeouts}: messages are delivered again while they are worked on`,
    advice: `Set the visibility timeout to ${least} s or more.`,
  };
}
