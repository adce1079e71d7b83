import { context as contextApi, type Span, SpanKind, trace } from '@opentelemetry/api';
import {
  messagingAttributes,
  QUEUE_NAME,
  TASK_ID,
  TASK_NAME,
} from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import { injectTrace } from '../instrumentation/trace-carrier.ts';
import { buildMessage, type PreparedMessage } from './build-message.ts';
import { buildSchedule } from './build-schedule.ts';
import type { ProducerEnvironment } from './create-producer.ts';

/** A message that SQS has taken, or EventBridge Scheduler for later. */
export interface Enqueued {
  /** The task id. */
  id: string;
  task: string;
  queue: string;
  /** Where the task will be seen; absent when tracing is off. */
  traceId?: string;
}

/** Sends one message in a `send <queue>` span, whose context it carries. */
export function enqueueOne(
  message: PreparedMessage,
  environment: ProducerEnvironment,
): Promise<Enqueued> {
  const { instruments, listeners, records } = environment;
  const { id, task, queue } = message;
  const options = {
    kind: SpanKind.PRODUCER,
    attributes: {
      ...messagingAttributes('send', queue),
      [TASK_NAME]: task.name,
      [TASK_ID]: id,
    },
  };
  const tracer = trace.getTracer(SCOPE_NAME, SCOPE_VERSION);
  return tracer.startActiveSpan(`send ${queue.name}`, options, async (span) => {
    try {
      const deliver = prepareSend(message, environment);
      const recorded = [{ message, span }];
      const forget = await records.create(recorded);
      const messageId = await deliver().catch(async (error: unknown) => {
        await forget(recorded);
        throw error;
      });
      if (messageId !== undefined) span.setAttribute('messaging.message.id', messageId);
      instruments.taskEnqueued.add(1, { [TASK_NAME]: task.name, [QUEUE_NAME]: queue.name });
      listeners.emit('afterEnqueue', {
        task: task.name,
        id,
        queue: queue.name,
        ...(messageId !== undefined && { messageId }),
      });
      return toEnqueued(message, span);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/**
 * Builds what is sent, which may throw, before anything is written.
 *
 * @returns a function that sends it and gives the SQS message id, which a message for later does
 * not have yet.
 */
function prepareSend(
  message: PreparedMessage,
  { sender, scheduler }: ProducerEnvironment,
): () => Promise<string | undefined> {
  const traceFields = injectTrace(contextApi.active());
  if (message.scheduleAt === undefined) {
    const { input } = buildMessage(message, traceFields);
    return () => sender.sendMessage(input, message.queue);
  }
  const built = buildSchedule(message, traceFields);
  return async () => {
    await scheduler?.schedule(message, built);
    return undefined;
  };
}

export function toEnqueued({ id, task, queue }: PreparedMessage, span: Span): Enqueued {
  const spanContext = span.spanContext();
  return {
    id,
    task: task.name,
    queue: queue.name,
    ...(trace.isSpanContextValid(spanContext) && { traceId: spanContext.traceId }),
  };
}
