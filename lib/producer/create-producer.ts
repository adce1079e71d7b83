import type { SQSClient } from '@aws-sdk/client-sqs';
import { context as contextApi, type Span, SpanKind, trace } from '@opentelemetry/api';
import {
  messagingAttributes,
  QUEUE_NAME,
  TASK_ID,
  TASK_NAME,
} from '../instrumentation/attributes.ts';
import { createInstruments, type Instruments } from '../instrumentation/instruments.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import { injectTrace } from '../instrumentation/trace-carrier.ts';
import type { Task, TaskInput } from '../task/define-task.ts';
import { createTaskId } from '../task/task-message.ts';
import { buildMessage } from './build-message.ts';
import { type EnqueueOptions, type QueueUrls, resolveQueue } from './enqueue-options.ts';
import { sendMessage } from './send-message.ts';
import { serializePayload } from './serialize-payload.ts';

export interface ProducerOptions {
  /** Queue URLs by logical name, e.g. `{ default: { url: 'https://sqs...' } }`. */
  queues: QueueUrls;
  client: Pick<SQSClient, 'send'>;
}

/** A message that SQS has taken. */
export interface Enqueued {
  /** The task id. */
  id: string;
  task: string;
  queue: string;
  /** Where the task will be seen; absent when tracing is off. */
  traceId?: string;
}

export interface Producer {
  /**
   * Sends one message of a task. When it resolves, SQS has it; when it rejects, nothing was sent
   * or SQS did not say that it took it. The active span's context travels with the message.
   *
   * @throws InvalidPayload, InvalidEnqueueOptions, MessageTooLarge before anything is sent;
   * EnqueueFailed when SQS refuses or cannot be reached.
   */
  enqueue<T extends Task>(
    task: T,
    payload: TaskInput<T>,
    options?: EnqueueOptions,
  ): Promise<Enqueued>;
}

/** A producer of task messages. Make one and keep it: it holds the SQS client's connections. */
export function createProducer({ queues, client }: ProducerOptions): Producer {
  let instruments: Instruments | undefined;
  return {
    async enqueue(task, payload, options = {}) {
      instruments ??= createInstruments();
      const { taskEnqueued, clientOperationDuration } = instruments;
      const queue = resolveQueue(task, queues, options);
      const wirePayload = await serializePayload(task, payload);
      const id = createTaskId();
      const attributes = {
        ...messagingAttributes('send', queue),
        [TASK_NAME]: task.name,
        [TASK_ID]: id,
      };
      return trace
        .getTracer(SCOPE_NAME, SCOPE_VERSION)
        .startActiveSpan(
          `send ${queue.name}`,
          { kind: SpanKind.PRODUCER, attributes },
          async (span) => {
            try {
              const traceFields = injectTrace(contextApi.active());
              const input = buildMessage({
                id,
                task,
                payload: wirePayload,
                queue,
                options,
                traceFields,
              });
              const messageId = await sendMessage(client, input, queue, clientOperationDuration);
              span.setAttribute('messaging.message.id', messageId);
              taskEnqueued.add(1, { [TASK_NAME]: task.name, [QUEUE_NAME]: queue.name });
              return { id, task: task.name, queue: queue.name, ...traceIdOf(span) };
            } catch (error) {
              recordFailure(span, error);
              throw error;
            } finally {
              span.end();
            }
          },
        );
    },
  };
}

function traceIdOf(span: Span): { traceId?: string } {
  const spanContext = span.spanContext();
  return trace.isSpanContextValid(spanContext) ? { traceId: spanContext.traceId } : {};
}
