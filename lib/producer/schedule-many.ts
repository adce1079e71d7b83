import { type Span, SpanKind, trace } from '@opentelemetry/api';
import type { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { BATCH_MESSAGE_COUNT, messagingAttributes } from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { PreparedMessage } from './build-message.ts';
import type { BuiltSchedule } from './build-schedule.ts';
import type { ProducerEnvironment } from './create-producer.ts';
import type { RecordedMessage } from './queued-records.ts';

/** A message for later, with the `create <queue>` span whose context it carries. */
export interface LaterMessage extends BuiltSchedule {
  message: PreparedMessage;
  span: Span;
}

/** CreateSchedule calls at a time. */
const CONCURRENCY = 10;

/**
 * A one-time schedule a message, each in a `send <queue>` span. What failed, after the SDK's own
 * retries, is put into `failures`. Never rejects.
 */
export async function scheduleMany(
  messages: readonly LaterMessage[],
  environment: ProducerEnvironment,
  failures: Map<RecordedMessage, EnqueueFailed>,
): Promise<void> {
  const waiting = [...messages];
  const takeNext = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      await scheduleOne(next, environment, failures);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, takeNext));
}

async function scheduleOne(
  later: LaterMessage,
  { scheduler, listeners }: ProducerEnvironment,
  failures: Map<RecordedMessage, EnqueueFailed>,
): Promise<void> {
  const { id, task, queue } = later.message;
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(`send ${queue.name}`, {
    kind: SpanKind.CLIENT,
    attributes: { ...messagingAttributes('send', queue), [BATCH_MESSAGE_COUNT]: 1 },
    links: [{ context: later.span.spanContext() }],
  });
  try {
    await scheduler?.schedule(later.message, later);
    listeners.emit('afterEnqueue', { task: task.name, id, queue: queue.name });
  } catch (error) {
    recordFailure(span, error);
    failures.set(later, error as EnqueueFailed);
  } finally {
    span.end();
  }
}
