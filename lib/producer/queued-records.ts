import { type Span, trace } from '@opentelemetry/api';
import { toError } from '../instrumentation/error-type.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Log } from '../task/task-context.ts';
import type { PreparedMessage } from './build-message.ts';

/** The records of messages that are about to be sent. */
export interface QueuedRecords {
  /** Before the send, so that no run is ahead of its record. Never rejects. */
  create(messages: readonly RecordedMessage[]): Promise<ForgetRecords>;
}

/** After a send that failed: takes back what was created. Never rejects. */
export type ForgetRecords = (failed: readonly RecordedMessage[]) => Promise<void>;

export interface RecordedMessage {
  message: PreparedMessage;
  span: Span;
}

/** How long an enqueue waits for the record of one message, or for those of a hundred. */
const CREATE_MS = 1_000;
const HUNDRED = 100;
/** DynamoDB calls at a time. */
const CONCURRENCY = 25;

/** Where the record cannot be written the message is sent all the same: its worker writes one. */
export function createQueuedRecords(state: TaskState | undefined, log: Log): QueuedRecords {
  if (state === undefined) return { create: async () => async () => {} };
  const warn = (error: unknown) =>
    log.warn('task state could not be written', { 'error.message': toError(error).message });
  return {
    async create(messages) {
      const own = new Set<RecordedMessage>();
      const signal = AbortSignal.timeout(CREATE_MS * Math.ceil(messages.length / HUNDRED));
      // One by one, each only where there is none: the caller may have chosen an id that has a
      // record, and a write that arrives late must not undo what a worker has written since.
      const createOne = async (each: RecordedMessage) => {
        if (await state.createQueued(toFacts(each), signal)) own.add(each);
      };
      try {
        await forEachOf(messages, createOne);
      } catch (error) {
        warn(error);
      }
      return async (failed) => {
        let problem: { error: unknown } | undefined;
        const forget = ({ message }: RecordedMessage) =>
          state.forgetQueued(message.id).catch((error: unknown) => {
            problem = { error };
          });
        await forEachOf(
          failed.filter((each) => own.has(each)),
          (each) => (problem ? Promise.resolve() : forget(each)),
        );
        if (problem) warn(problem.error);
      };
    },
  };
}

async function forEachOf<T>(all: readonly T[], work: (each: T) => Promise<void>): Promise<void> {
  for (let start = 0; start < all.length; start += CONCURRENCY) {
    await Promise.all(all.slice(start, start + CONCURRENCY).map(work));
  }
}

function toFacts({ message: { id, task, queue, workflow, notBefore }, span }: RecordedMessage) {
  const spanContext = span.spanContext();
  return {
    id,
    task: task.name,
    queue: queue.name,
    ...(trace.isSpanContextValid(spanContext) && { traceId: spanContext.traceId }),
    ...(workflow && { workflow }),
    ...(notBefore && { notBefore }),
  };
}
