import { context as contextApi, type Span, SpanKind, trace } from '@opentelemetry/api';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import {
  messagingAttributes,
  QUEUE_NAME,
  TASK_ID,
  TASK_NAME,
} from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import { injectTrace } from '../instrumentation/trace-carrier.ts';
import { type BuiltMessage, buildMessage, type PreparedMessage } from './build-message.ts';
import { buildSchedule } from './build-schedule.ts';
import type { ProducerEnvironment } from './create-producer.ts';
import { type Enqueued, toEnqueued } from './enqueue-one.ts';
import { packBatches } from './pack-batches.ts';
import type { RecordedMessage } from './queued-records.ts';
import { type LaterMessage, scheduleMany } from './schedule-many.ts';
import { sendBatchWithRetry } from './send-batch.ts';

/** What became of one message of `enqueueMany`. */
export type EnqueueResult =
  | ({ status: 'enqueued' } & Enqueued)
  | ({ status: 'failed'; error: EnqueueFailed } & Enqueued);

/** A message with the `create <queue>` span whose context it carries. */
export interface OutgoingMessage extends BuiltMessage {
  message: PreparedMessage;
  span: Span;
}

/** SendMessageBatch calls at a time. */
const CONCURRENCY = 10;

/** Sends prepared messages; each has its result, in their order. */
export async function enqueueMany(
  messages: readonly PreparedMessage[],
  environment: ProducerEnvironment,
): Promise<EnqueueResult[]> {
  const created = messages.map(create);
  const failures: Failures = new Map();
  const outgoing = created.filter((each) => 'bytes' in each);
  const forget = await environment.records.create(created);
  const byQueue = Map.groupBy(outgoing, ({ message }) => message.queue.url);
  for (const ofQueue of byQueue.values()) {
    const send = ofQueue[0]?.message.queue.fifo ? sendFifo : sendStandard;
    await send(ofQueue, environment, failures);
  }
  await scheduleMany(
    created.filter((each) => 'at' in each),
    environment,
    failures,
  );
  await forget([...failures.keys()]);
  return created.map((each) => {
    const enqueued = toEnqueued(each.message, each.span);
    const error = failures.get(each);
    if (error !== undefined) return { status: 'failed', ...enqueued, error };
    const { task, queue } = each.message;
    environment.instruments.taskEnqueued.add(1, {
      [TASK_NAME]: task.name,
      [QUEUE_NAME]: queue.name,
    });
    return { status: 'enqueued', ...enqueued };
  });
}

/** Builds a message, before any is sent: one that is too large leaves nothing half done. */
function create(message: PreparedMessage): OutgoingMessage | LaterMessage {
  const { id, task, queue } = message;
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(`create ${queue.name}`, {
    kind: SpanKind.PRODUCER,
    attributes: { ...messagingAttributes('create', queue), [TASK_NAME]: task.name, [TASK_ID]: id },
  });
  try {
    const traceFields = injectTrace(trace.setSpan(contextApi.active(), span));
    return message.scheduleAt === undefined
      ? { message, span, ...buildMessage(message, traceFields) }
      : { message, span, ...buildSchedule(message, traceFields) };
  } catch (error) {
    recordFailure(span, error);
    throw error;
  } finally {
    span.end();
  }
}

type Failures = Map<RecordedMessage, EnqueueFailed>;

async function sendStandard(
  outgoing: readonly OutgoingMessage[],
  environment: ProducerEnvironment,
  failures: Failures,
): Promise<void> {
  const waiting = packBatches(outgoing);
  const takeNext = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      await sendBatchWithRetry(batch, environment, failures);
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, takeNext));
}

/**
 * A message that is sent again after its successor has changed places with it. So a batch holds
 * one message of a group, and the next one goes when SQS has taken it.
 */
async function sendFifo(
  outgoing: readonly OutgoingMessage[],
  environment: ProducerEnvironment,
  failures: Failures,
): Promise<void> {
  let groups = [...Map.groupBy(outgoing, ({ message }) => message.options.groupId).values()];
  for (let position = 0; groups.length > 0; position += 1) {
    const wave = groups.flatMap((group) => group[position] ?? []);
    await sendStandard(wave, environment, failures);
    groups = groups.filter((group) => {
      const sent = group[position];
      const failed = sent === undefined ? undefined : failures.get(sent);
      const rest = group.slice(position + 1);
      if (failed !== undefined) for (const each of rest) failures.set(each, behind(failed));
      return failed === undefined && rest.length > 0;
    });
  }
}

function behind(failed: EnqueueFailed): EnqueueFailed {
  return new EnqueueFailed('Not sent: an earlier message of its group failed.', {
    cause: failed,
    retryable: failed.retryable,
  });
}
