import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import { MAX_STEPS_BYTES, type WorkflowStep } from '../state/workflow-records.ts';
import type { Task } from '../task/define-task.ts';
import { createTaskId } from '../task/task-message.ts';
import { validatePayload } from '../task/validate-payload.ts';
import type { Chain, Group, Step, Workflow } from '../task/workflow.ts';
import type { PreparedMessage } from './build-message.ts';
import { type QueueUrls, resolveQueue } from './enqueue-options.ts';
import { prepareMessage, serialize } from './prepare-message.ts';

/** What is sent at once, and the steps that the record has. */
export interface PreparedWorkflow {
  kind: Workflow['kind'];
  id: string;
  first: PreparedMessage[];
  steps: WorkflowStep[];
  members?: number;
}

/**
 * Checks all of a chain or a group before anything is written or sent, and gives every step its id.
 *
 * @throws InvalidPayload, InvalidEnqueueOptions
 */
export async function prepareWorkflow(
  workflow: Workflow,
  queues: QueueUrls,
): Promise<PreparedWorkflow> {
  const id = createTaskId();
  const all = workflow.kind === 'chain' ? workflow.steps : stepsOf(workflow);
  const atOnce = workflow.kind === 'chain' ? 1 : workflow.members.length;
  checkOrder(workflow);
  const first: PreparedMessage[] = [];
  const steps: WorkflowStep[] = [];
  for (const [index, step] of all.entries()) {
    const { task, options } = step;
    checkResultAs(step, index < atOnce);
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

/** What would be dropped without a word, or mixed up, when the step is sent. */
function checkResultAs({ task, payload, options: { resultAs } }: Step, isFirst: boolean): void {
  if (resultAs === undefined) return;
  const problem = (text: string) =>
    new InvalidEnqueueOptions(`resultAs is ${JSON.stringify(resultAs)} at "${task.name}": ${text}`);
  if (isFirst) throw problem('no step comes before it whose result it could take.');
  if (payload !== undefined && !isObject(payload)) {
    throw problem('its payload is no object, and has no key for a result.');
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
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
