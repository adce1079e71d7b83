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
  const error = record.kind === 'task' ? record.error : record.failed?.error;
  if (record.status === 'completed' && error === undefined) return record.result;
  const revoked = { type: 'TaskRevoked', message: 'it was revoked' };
  throw new TaskFailed(id, error ?? revoked, record.traceId);
}
