import { toError } from '../instrumentation/error-type.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import type { TaskState } from '../state/create-task-state.ts';
import { encodeResult, parseResult } from '../state/result-json.ts';
import type { WorkflowRecord } from '../state/workflow-records.ts';
import type { WorkflowPlace } from '../task/task-message.ts';
import type { End } from './attempt-task.ts';
import { concludeFailure } from './conclude.ts';
import { failureType } from './decide-outcome.ts';
import type { MessageFacts } from './message-facts.ts';
import type { Conclusion } from './report-attempt.ts';
import { sendStep } from './send-step.ts';
import type { WorkerEnvironment } from './worker-environment.ts';
import { WorkflowStopped } from './workflow-stopped.ts';

/**
 * What the end of a step means for its chain or group: the next step is sent, or the whole of it
 * ends. A step is acknowledged when that is done; delivered again, it does it again, and the next
 * step runs once all the same.
 *
 * @returns the step's conclusion: a retry where the next step could not be sent.
 */
export async function followWorkflow(
  facts: MessageFacts,
  end: End,
  concluded: Conclusion,
  log: BindableLog,
  environment: WorkerEnvironment,
): Promise<Conclusion> {
  const { workflow, content } = facts;
  const { recorder, deadline } = environment;
  if (recorder === undefined || workflow === undefined) return concluded;
  const { state } = recorder;
  const stop = (error: { type: string; message: string }) =>
    state.workflows.fail(workflow.id, workflow.step, error, deadline.boundCall());
  try {
    switch (concluded.outcome) {
      case 'completed':
      case 'duplicate':
        await goOn(facts, workflow, resultOf(end, concluded), environment, state);
        break;
      case 'dead':
        await stop(describe(concluded));
        break;
      case 'revoked':
        await stop({ type: 'TaskRevoked', message: `${facts.taskName} was revoked.` });
        break;
    }
  } catch (error) {
    if (error instanceof WorkflowStopped) {
      log.error('the workflow stops', { 'error.message': error.message });
      await stop({ type: error.type, message: error.message }).catch(() => {});
      return concluded;
    }
    log.error('the workflow could not be taken further', {
      'error.message': toError(error).message,
    });
    // A dead step is dead: only its record is behind.
    if (concluded.outcome === 'dead' || content.kind !== 'task') return concluded;
    const { retry } = content.implementation.task;
    return concludeFailure(facts, { kind: 'thrown', error, retry }, log, environment);
  }
  return concluded;
}

type StepResult = { json: string | undefined; again: boolean };

function resultOf(end: End, { resultJson }: Conclusion): StepResult {
  if (end.kind !== 'completed') return { json: resultJson, again: true };
  const result = encodeResult(end.value);
  if ('error' in result) throw new WorkflowStopped(result.error.type, result.error.message);
  return { json: result.json, again: false };
}

function describe({ failure }: Conclusion): { type: string; message: string } {
  if (failure === undefined) return { type: 'Error', message: '' };
  return { type: failureType(failure), message: toError(failure.error).message.slice(0, 2_000) };
}

async function goOn(
  facts: MessageFacts,
  { id, step }: WorkflowPlace,
  { json, again }: StepResult,
  environment: WorkerEnvironment,
  state: TaskState,
): Promise<void> {
  const bound = () => environment.deadline.boundCall();
  const workflow = await state.workflows.stepDone(id, step, bound());
  if (workflow === undefined) {
    throw new WorkflowStopped('UnknownWorkflow', `There is no record of workflow ${id}.`);
  }
  if (workflow.status === 'completed' || workflow.status === 'revoked') return;
  // It stopped for what this step returned, and that is still so.
  if (again && workflow.failed?.step === step) return;
  const next = nextStep(workflow, step);
  if (next === 'none') return;
  const carried =
    workflow.kind === 'group' && step < membersOf(workflow)
      ? await gatherResults(workflow, state, bound())
      : parseResult(json ?? 'null');
  if (next !== 'end') return sendStep(workflow, next, carried, facts, environment, state);
  const result = encodeResult(carried);
  await state.workflows.complete(id, 'json' in result ? result.json : undefined, bound());
}

/** `none` while other members run, and `end` behind the last step. */
function nextStep(workflow: WorkflowRecord, step: number): number | 'none' | 'end' {
  const { kind, steps, completed } = workflow;
  if (kind === 'chain') return step + 1 < steps.length ? step + 1 : 'end';
  const members = membersOf(workflow);
  if (step >= members) return 'end';
  if (completed < members) return 'none';
  return members < steps.length ? members : 'end';
}

function membersOf({ members, steps }: WorkflowRecord): number {
  return members ?? steps.length;
}

/** In the order of the members, whichever ended first. */
async function gatherResults(
  workflow: WorkflowRecord,
  state: TaskState,
  signal: AbortSignal,
): Promise<unknown[]> {
  const members = workflow.steps.slice(0, membersOf(workflow));
  const records = await state.readMany(
    members.map(({ id }) => id),
    signal,
  );
  return members.map(({ id, task }) => {
    const record = records.get(id);
    if (record?.status === 'completed' && record.error === undefined) return record.result ?? null;
    const problem = record?.error?.message ?? `its record says ${record?.status ?? 'nothing'}`;
    throw new WorkflowStopped(
      record?.error?.type ?? 'ResultMissing',
      `The result of ${task} (${id}) is not there: ${problem}`,
    );
  });
}
