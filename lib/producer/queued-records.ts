import { type Span, trace } from '@opentelemetry/api';
import { toError } from '../instrumentation/error-type.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Log } from '../task/task-context.ts';
import type { PreparedMessage } from './build-message.ts';

/** The records of messages that are about to be sent. None of its methods rejects. */
export interface QueuedRecords {
  /** Before the send, so that no run is ahead of its record. */
  create(messages: readonly RecordedMessage[]): Promise<void>;
  /** After a send that failed. */
  forget(messages: readonly RecordedMessage[]): Promise<void>;
}

export interface RecordedMessage {
  message: PreparedMessage;
  span: Span;
}

/** How long an enqueue waits for the record of one message. */
const CREATE_MS = 1_000;

/** Where the record cannot be written the message is sent all the same: its worker writes one. */
export function createQueuedRecords(state: TaskState | undefined, log: Log): QueuedRecords {
  if (state === undefined) return { create: async () => {}, forget: async () => {} };
  const warn = (error: unknown) =>
    log.warn('task state could not be written', { 'error.message': toError(error).message });
  return {
    async create(messages) {
      const facts = messages.map(toFacts);
      const [only] = facts;
      try {
        if (facts.length > 1) await state.createManyQueued(facts);
        else if (only) await state.createQueued(only, AbortSignal.timeout(CREATE_MS));
      } catch (error) {
        warn(error);
      }
    },
    async forget(messages) {
      await Promise.all(messages.map(({ message }) => state.forgetQueued(message.id).catch(warn)));
    },
  };
}

function toFacts({ message: { id, task, queue, workflow }, span }: RecordedMessage) {
  const spanContext = span.spanContext();
  return {
    id,
    task: task.name,
    queue: queue.name,
    ...(trace.isSpanContextValid(spanContext) && { traceId: spanContext.traceId }),
    ...(workflow && { workflow }),
  };
}
