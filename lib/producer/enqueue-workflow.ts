import { type Span, SpanKind, trace } from '@opentelemetry/api';
import { EnqueueFailed } from '../errors/enqueue-failed.ts';
import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { TaskState } from '../state/create-task-state.ts';
import { MAX_STEPS_BYTES, type WorkflowStep } from '../state/workflow-records.ts';
import type { Task } from '../task/define-task.ts';
import { createTaskId } from '../task/task-message.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { Chain, Group, Step, Workflow } from '../task/workflow.ts';
import type { PreparedMessage } from './build-message.ts';
import type { EnqueueResult } from './enqueue-many.ts';
import { type QueueUrls, resolveQueue } from './enqueue-options.ts';
import { prepareMessage, serialize } from './prepare-message.ts';

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

/** What is sent at once, and the steps that the record has. */
interface PreparedWorkflow {
  kind: Workflow['kind'];
  id: string;
  first: PreparedMessage[];
  steps: WorkflowStep[];
  members?: number;
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
  const results = await send(first);
  const failed = results.filter((result) => result.status === 'failed');
  if (failed.length > 0) {
    // Whatever of it is on its queue is not to run: the whole cannot come to its end.
    await state.revoke(id);
    throw new EnqueueFailed(
      `SQS did not take ${failed.length} of ${first.length} messages of the ${kind} ${id}. It is revoked: enqueue it again.`,
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

async function prepareWorkflow(workflow: Workflow, queues: QueueUrls): Promise<PreparedWorkflow> {
  const id = createTaskId();
  const all = workflow.kind === 'chain' ? workflow.steps : stepsOf(workflow);
  const atOnce = workflow.kind === 'chain' ? 1 : workflow.members.length;
  checkOrder(workflow);
  const first: PreparedMessage[] = [];
  const steps: WorkflowStep[] = [];
  for (const [index, step] of all.entries()) {
    const { task, options } = step;
    const groupId = options.groupId === undefined ? {} : { groupId: options.groupId };
    if (index < atOnce) {
      const message = await prepareMessage(task, step.payload, queues, groupId);
      first.push({ ...message, workflow: { id, step: index } });
      steps.push({ id: message.id, task: task.name, queue: message.queue.name, ...groupId });
      continue;
    }
    const { name: queue } = resolveQueue(task, queues, groupId);
    const payload = await laterPayload(step);
    steps.push({ id: createTaskId(), task: task.name, queue, ...payload, ...groupId });
  }
  const bytes = Buffer.byteLength(JSON.stringify(steps));
  if (bytes > MAX_STEPS_BYTES) {
    throw new InvalidEnqueueOptions(
      `The ${workflow.kind} has ${bytes} bytes of steps, and its record takes ${MAX_STEPS_BYTES}. Pass references to the data instead.`,
    );
  }
  const kind = workflow.kind;
  return { kind, id, first, steps, ...(kind === 'group' && { members: atOnce }) };
}

function stepsOf({ members, follower }: Group): readonly Step[] {
  return follower === undefined ? members : [...members, follower];
}

/** A payload that is complete is checked now; one that waits for a result is checked by its worker. */
async function laterPayload({
  task,
  payload,
  options: { resultAs },
}: Step): Promise<Pick<WorkflowStep, 'payload' | 'resultAs'>> {
  if (resultAs === undefined && payload === undefined) return {};
  const carried = serialize(task, payload ?? {});
  if (resultAs === undefined) await validatePayload(task, carried);
  return { payload: carried, ...(resultAs !== undefined && { resultAs }) };
}

/** The worker of a step sends the next one, for which it needs its queue and the right to. */
function checkOrder(workflow: Workflow): void {
  for (const [before, after] of pairsOf(workflow)) {
    if (before.enqueues.includes(after.name)) continue;
    throw new InvalidEnqueueOptions(
      `"${after.name}" comes after "${before.name}" in a ${workflow.kind}: add it to \`enqueues\` of "${before.name}", so that its worker may send to queue "${after.queue}".`,
    );
  }
}

function pairsOf(workflow: Chain | Group): [Task, Task][] {
  if (workflow.kind === 'chain') {
    const tasks = workflow.steps.map(({ task }) => task);
    return tasks.slice(1).map((task, index) => [tasks[index] as Task, task]);
  }
  const { follower, members } = workflow;
  return follower === undefined ? [] : members.map(({ task }) => [task, follower.task]);
}
