import { errorType } from '../instrumentation/error-type.ts';
import { type CheckResult, resultOf } from './check-result.ts';
import type { QueueSample } from './queue-sample.ts';

/** Whether every queue answers GetQueueAttributes within 2 s. */
export async function checkBroker(sample: Promise<QueueSample>): Promise<CheckResult> {
  let taken: QueueSample;
  try {
    taken = await sample;
  } catch (error) {
    return { status: 'unhealthy', reason: `The queues cannot be listed: ${errorType(error)}` };
  }
  const { queues, total } = taken;
  if (total === 0) return { status: 'unhealthy', reason: 'There is no queue.', checked: 0, of: 0 };
  const reasons = queues.flatMap(({ name, reading }) =>
    'error' in reading ? [`${name}: ${errorType(reading.error)}`] : [],
  );
  return resultOf(reasons, queues.length, total);
}
