import { InvalidEnqueueOptions } from '../errors/invalid-enqueue-options.ts';
import { ResultTimeout } from '../errors/result-timeout.ts';
import { TaskFailed } from '../errors/task-failed.ts';
import type { TaskState } from '../state/create-task-state.ts';
import { hasEnded } from '../state/task-record.ts';

/**
 * What a task returned, as soon as it has ended.
 *
 * @throws TaskFailed, ResultTimeout, StateUnavailable
 */
export async function waitForResult(
  state: TaskState,
  id: string,
  waitSeconds: number,
): Promise<unknown> {
  const record = await state.wait(id, waitSeconds * 1000, { expected: true });
  if (record === undefined || !hasEnded(record)) throw new ResultTimeout(id, waitSeconds);
  if (record.status === 'revoked') {
    throw new TaskFailed(id, { type: 'TaskRevoked', message: 'it was revoked' }, record.traceId);
  }
  const error = record.kind === 'task' ? record.error : record.failed?.error;
  if (record.status === 'completed' && error === undefined) return record.result;
  throw new TaskFailed(id, error ?? { type: 'Error', message: 'no error is kept' }, record.traceId);
}

/** Before anything is sent. @throws InvalidEnqueueOptions */
export function checkWaitSeconds(seconds: number): void {
  if (Number.isFinite(seconds) && seconds >= 0) return;
  throw new InvalidEnqueueOptions(
    `waitSeconds is ${seconds}; give how many seconds the result is waited for, 0 or more.`,
  );
}
