import { toError } from '../instrumentation/error-type.ts';
import type { BindableLog } from '../instrumentation/log.ts';
import type { RecordedError } from '../state/attempt-records.ts';
import type { TaskState } from '../state/create-task-state.ts';
import { encodeResult, parseResult } from '../state/result-json.ts';
import type { TaskRecord } from '../state/task-record.ts';
import type { WorkflowProgress, WorkflowStep } from '../state/workflow-records.ts';
import type { RetryPolicy } from '../task/define-task.ts';
import { DEFAULT_RETRY } from '../task/retry-delay.ts';
import type { WorkflowPlace } from '../task/task-message.ts';
import type { End } from './attempt-task.ts';
import { concludeFailure } from './conclude.ts';
import type { Failure } from './decide-outcome.ts';
import type { MessageFacts } from './message-facts.ts';
import { toRecordedError } from './recorded-error.ts';
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
  const stop = (error: RecordedError) =>
    state.workflows.fail(workflow.id, workflow.step, error, deadline.boundCall());
  const isDone = concluded.outcome === 'completed' || concluded.outcome === 'duplicate';
  try {
    if (isDone) {
      const json = () => resultOf(end, concluded);
      const stopped = await stopOf(goOn(facts, workflow, json, environment, state));
      if (stopped !== undefined) {
        log.error('the workflow stops', { 'error.message': stopped.message });
        await stop({ type: stopped.type, message: stopped.message });
      }
    } else if (concluded.outcome === 'dead' && concluded.failure !== undefined) {
      await stop(toRecordedError(concluded.failure));
    } else if (concluded.outcome === 'revoked') {
      await stop({ type: 'TaskRevoked', message: `${facts.taskName} was revoked.` });
    }
  } catch (error) {
    log.error('the workflow could not be taken further', {
      'error.message': toError(error).message,
    });
    // What is dead or revoked stays so: only the record of the workflow is behind.
    if (!isDone || content.kind !== 'task') return concluded;
    const retry = followRetry(content.implementation.task.retry);
    const failure: Failure = { kind: 'thrown', error, retry };
    const failed = await concludeFailure(facts, failure, log, environment);
    if (failed.outcome === 'dead') await stop(toRecordedError(failure)).catch(() => {});
    return failed;
  }
  return concluded;
}

/** Deliveries beyond the task's own: the work is done, and only what follows is to be tried. */
const MORE_ATTEMPTS = 4;

/** The task's own rule knows its own errors, and not those of SQS and of the table. */
function followRetry({ maxAttempts }: RetryPolicy): RetryPolicy {
  return { ...DEFAULT_RETRY, maxAttempts: maxAttempts + MORE_ATTEMPTS };
}

/** What the step returned, in this attempt or in its first run. */
function resultOf(end: End, { first }: Conclusion): string | undefined {
  const result = end.kind === 'completed' ? encodeResult(end.value) : { json: first?.resultJson };
  const error = 'error' in result ? result.error : first?.error;
  if (error !== undefined) throw new WorkflowStopped(error.type, error.message);
  return 'json' in result ? result.json : undefined;
}

/** Why it cannot go on, however often it is tried. */
async function stopOf(work: Promise<void>): Promise<WorkflowStopped | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (error instanceof WorkflowStopped) return error;
    throw error;
  }
}

async function goOn(
  facts: MessageFacts,
  { id, step }: WorkflowPlace,
  resultJson: () => string | undefined,
  environment: WorkerEnvironment,
  state: TaskState,
): Promise<void> {
  const json = resultJson();
  const bound = () => environment.deadline.boundCall();
  const workflow = await state.workflows.stepDone(id, step, bound());
  if (workflow === undefined) {
    throw new WorkflowStopped('UnknownWorkflow', `There is no record of workflow ${id}.`);
  }
  if (workflow.status === 'completed' || workflow.status === 'revoked') return;
  if (workflow.failedStep === step) await state.workflows.resume(id, step, bound());
  const next = nextStep(workflow, step);
  if (next === 'none') return;
  const fansIn = workflow.kind === 'group' && step < workflow.members;
  const steps = fansIn || next !== 'end' ? await state.workflows.steps(id, bound()) : [];
  const carried = fansIn
    ? await gatherResults(steps.slice(0, workflow.members), state, bound)
    : parseResult(json ?? 'null');
  if (next !== 'end') {
    const place = { ...workflow, step: next };
    return sendStep(place, steps[next], carried, facts, environment, state);
  }
  const result = encodeResult(carried);
  if ('error' in result) throw new WorkflowStopped(result.error.type, result.error.message);
  await state.workflows.complete(id, result.json, bound());
}

/** `none` while other members run, and `end` behind the last step. */
function nextStep(workflow: WorkflowProgress, step: number): number | 'none' | 'end' {
  const { kind, stepCount, members, completed } = workflow;
  if (kind === 'chain') return step + 1 < stepCount ? step + 1 : 'end';
  if (step >= members) return 'end';
  if (completed < members) return 'none';
  return members < stepCount ? members : 'end';
}

/** Records that are read at a time, each time with a bound of its own. */
const READ_SIZE = 100;

/** In the order of the members, whichever ended first. */
async function gatherResults(
  members: readonly WorkflowStep[],
  state: TaskState,
  bound: () => AbortSignal,
): Promise<unknown[]> {
  const records = new Map<string, TaskRecord>();
  for (let start = 0; start < members.length; start += READ_SIZE) {
    const ids = members.slice(start, start + READ_SIZE).map(({ id }) => id);
    for (const [id, record] of await state.readMany(ids, bound())) records.set(id, record);
  }
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
