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
  const { instruments, listeners } = environment;
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
      const messageId = await send(message, environment);
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

/** @returns the SQS message id, which a message for later does not have yet. */
async function send(
  message: PreparedMessage,
  { sender, scheduler }: ProducerEnvironment,
): Promise<string | undefined> {
  const traceFields = injectTrace(contextApi.active());
  if (message.scheduleAt === undefined) {
    return sender.sendMessage(buildMessage(message, traceFields).input, message.queue);
  }
  await scheduler?.schedule(message, buildSchedule(message, traceFields));
  return undefined;
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
