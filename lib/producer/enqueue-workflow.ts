import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { toError } from '../instrumentation/error-type.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { Workflow } from '../task/workflow.ts';
import type { PreparedMessage } from './build-message.ts';
import type { EnqueueResult } from './enqueue-many.ts';
import type { QueueUrls } from './enqueue-options.ts';
import { type PreparedWorkflow, prepareWorkflow } from './prepare-workflow.ts';

/** A chain or a group whose first messages SQS has taken. */
export interface EnqueuedWorkflow {
  /** For `producer.result` and `producer.revoke`. */
  id: string;
  kind: Workflow['kind'];
  /** The task ids, in the order of the steps; of a group the one that follows is last. */
  taskIds: string[];
  /** Where all of it will be seen; absent when tracing is off. */
  traceId?: string;
}

type Send = (messages: readonly PreparedMessage[]) => Promise<EnqueueResult[]>;

/**
 * Checks all of it before anything is written or sent, gives every step its id, and sends the
 * first, in a span that makes all of it one trace.
 */
export async function enqueueWorkflow(
  workflow: Workflow,
  queues: QueueUrls,
  state: TaskState,
  send: Send,
): Promise<EnqueuedWorkflow> {
  const prepared = await prepareWorkflow(workflow, queues);
  const options = { kind: SpanKind.INTERNAL, attributes: { 'workflow.id': prepared.id } };
  const tracer = trace.getTracer(SCOPE_NAME, SCOPE_VERSION);
  return tracer.startActiveSpan(`enqueue ${workflow.kind}`, options, async (span) => {
    try {
      return await sendFirst(prepared, span, state, send);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

async function sendFirst(
  { kind, id, steps, first, members }: PreparedWorkflow,
  span: Span,
  state: TaskState,
  send: Send,
): Promise<EnqueuedWorkflow> {
  const spanContext = span.spanContext();
  const traceId = trace.isSpanContextValid(spanContext) ? spanContext.traceId : undefined;
  await state.workflows.create({
    kind,
    id,
    steps,
    ...(members !== undefined && { members }),
    ...(traceId !== undefined && { traceId }),
  });
  // Whatever of it is on its queue is not to run: the whole cannot come to its end.
  const revoke = () =>
    state.revoke(id).then(
      () => 'It is revoked: enqueue it again.',
      (error: unknown) => `It could not be revoked (${toError(error).message}): revoke ${id}.`,
    );
  const results = await send(first).catch(async (error: unknown) => {
    await revoke();
    throw error;
  });
  const failed = results.filter((result) => result.status === 'failed');
  if (failed.length > 0) {
    throw new EnqueueFailed(
      `SQS did not take ${failed.length} of ${first.length} messages of the ${kind} ${id}. ${await revoke()}`,
      { cause: failed[0]?.error, retryable: true },
    );
  }
  return {
    id,
    kind,
    taskIds: steps.map((step) => step.id),
    ...(traceId !== undefined && { traceId }),
  };
}
