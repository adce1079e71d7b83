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
import type { ProducerEnvironment } from './create-producer.ts';

/** A message that SQS has taken. */
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
  { sender, instruments, listeners, records }: ProducerEnvironment,
): Promise<Enqueued> {
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
      const { input } = buildMessage(message, injectTrace(contextApi.active()));
      const recorded = [{ message, span }];
      const forget = await records.create(recorded);
      const messageId = await sender.sendMessage(input, queue).catch(async (error: unknown) => {
        await forget(recorded);
        throw error;
      });
      span.setAttribute('messaging.message.id', messageId);
      instruments.taskEnqueued.add(1, { [TASK_NAME]: task.name, [QUEUE_NAME]: queue.name });
      listeners.emit('afterEnqueue', { task: task.name, id, queue: queue.name, messageId });
      return toEnqueued(message, span);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
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
