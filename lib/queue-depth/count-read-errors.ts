import type { Counter } from '@opentelemetry/api';
import { ERROR_TYPE, QUEUE_NAME } from '../instrumentation/attributes.ts';
import { describeError } from '../instrumentation/describe-error.ts';
import { errorType } from '../instrumentation/error-type.ts';
import type { QueueReading, Reading } from '../queues/resolve-redrive.ts';
import type { Log } from '../task/task-context.ts';

/** Warnings of one run: a denied role fails for every queue, and says the same each time. */
const MAX_WARNINGS = 20;

/** Each queue that could not be read is one warning and one error counted, and nothing else. */
export function countReadErrors(
  readings: readonly QueueReading[],
  sampleErrors: Pick<Counter, 'add'>,
  log: Log,
): void {
  const failed = readings.flatMap(({ name, own, deadLetters }) => [
    ...errorOf(name, own),
    ...errorOf(`${name}-dlq`, deadLetters),
  ]);
  for (const [index, { queue, error }] of failed.entries()) {
    const attributes = { [QUEUE_NAME]: queue, [ERROR_TYPE]: errorType(error) };
    sampleErrors.add(1, attributes);
    if (index >= MAX_WARNINGS) continue;
    log.warn('queue could not be read', { ...attributes, ...describeError(error) });
  }
  const more = failed.length - MAX_WARNINGS;
  if (more > 0) log.warn('more queues could not be read', { queues: more });
}

function errorOf(queue: string, reading: Reading | undefined) {
  return reading !== undefined && 'error' in reading ? [{ queue, error: reading.error }] : [];
}
