import type { SendMessageCommandInput } from '@aws-sdk/client-sqs';
import { context as contextApi, SpanKind, trace } from '@opentelemetry/api';
import {
  messagingAttributes,
  QUEUE_NAME,
  TASK_ID,
  TASK_NAME,
} from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import { injectTrace } from '../instrumentation/trace-carrier.ts';
import type { TaskState } from '../state/create-task-state.ts';
import type { WorkflowProgress, WorkflowStep } from '../state/workflow-records.ts';
import { encodeMessage, MAX_MESSAGE_BYTES } from '../task/task-message.ts';
import type { MessageFacts } from './message-facts.ts';
import type { WorkerEnvironment } from './worker-environment.ts';
import { WorkflowStopped } from './workflow-stopped.ts';

/** Which step of which workflow is sent. */
type StepPlace = Pick<WorkflowProgress, 'id' | 'traceId'> & { step: number };

/** For the trace context beside the body. */
const ATTRIBUTES_BYTES = 10 * 1024;

/**
 * Sends the next step of a workflow in a `send <queue>` span, with what the step before returned.
 * A step that has left its queue since is not sent again; one that may be on it still is, and its
 * own record lets it run once.
 */
export async function sendStep(
  place: StepPlace,
  step: WorkflowStep | undefined,
  carried: unknown,
  { taskName }: MessageFacts,
  { queues, sqs, deadline, instruments }: WorkerEnvironment,
  state: TaskState,
): Promise<void> {
  const { id: workflowId, step: index } = place;
  if (step === undefined) {
    const problem = `There is no record of step ${index} of workflow ${workflowId}.`;
    throw new WorkflowStopped('UnknownWorkflow', problem);
  }
  const { id, task, queue } = step;
  const url = queues[queue]?.url;
  if (url === undefined) {
    const problem = `Step ${index}, ${task}, goes to queue "${queue}", which is not in QUEUES of this worker. Name ${task} in \`enqueues\` of ${taskName}.`;
    throw new WorkflowStopped('UnknownQueue', problem);
  }
  const sqsName = url.slice(url.lastIndexOf('/') + 1);
  const body = encodeMessage({
    id,
    task,
    payload: payloadOf(step, carried),
    enqueuedAt: new Date(),
    workflow: { id: workflowId, step: index },
  });
  const bytes = Buffer.byteLength(body);
  if (bytes > MAX_MESSAGE_BYTES - ATTRIBUTES_BYTES) {
    const problem = `The message of step ${index}, ${task}, would have ${bytes} bytes, and SQS takes 1 MiB. Return keys of what is stored elsewhere.`;
    throw new WorkflowStopped('MessageTooLarge', problem);
  }
  if (!(await mayBeSent(step, place, state, deadline.boundCall()))) return;
  const options = {
    kind: SpanKind.PRODUCER,
    attributes: {
      ...messagingAttributes('send', { sqsName, url }),
      [TASK_NAME]: task,
      [TASK_ID]: id,
    },
  };
  const tracer = trace.getTracer(SCOPE_NAME, SCOPE_VERSION);
  await tracer.startActiveSpan(`send ${queue}`, options, async (span) => {
    try {
      const { sendMessage } = await sqs();
      const messageId = await sendMessage(toInput(step, url, body), deadline.boundCall());
      span.setAttribute('messaging.message.id', messageId);
      instruments.taskEnqueued.add(1, { [TASK_NAME]: task, [QUEUE_NAME]: queue });
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

async function mayBeSent(
  { id, task, queue }: WorkflowStep,
  { id: workflowId, step, traceId }: StepPlace,
  state: TaskState,
  signal: AbortSignal,
): Promise<boolean> {
  const facts = { id, task, queue, workflow: { id: workflowId, step } };
  const traced = traceId === undefined ? facts : { ...facts, traceId };
  if (await state.createQueued(traced, signal)) return true;
  const status = (await state.read(id, signal))?.status;
  if (status === 'revoked') {
    throw new WorkflowStopped('TaskRevoked', `Step ${step}, ${task}, was revoked.`);
  }
  return status === 'queued';
}

function payloadOf({ payload, resultAs }: WorkflowStep, carried: unknown): unknown {
  if (resultAs !== undefined) return { ...(payload as object), [resultAs]: carried };
  return payload === undefined ? carried : payload;
}

function toInput(
  { id, groupId }: WorkflowStep,
  url: string,
  body: string,
): SendMessageCommandInput {
  const attributes = Object.entries(injectTrace(contextApi.active())).map(([name, value]) => [
    name,
    { DataType: 'String', StringValue: value },
  ]);
  return {
    QueueUrl: url,
    MessageBody: body,
    MessageAttributes: Object.fromEntries(attributes),
    ...(groupId !== undefined && { MessageGroupId: groupId }),
    ...(url.endsWith('.fifo') && { MessageDeduplicationId: id }),
  };
}
