import { queuedItem } from './attempt-records.ts';
import { textOf } from './attribute-values.ts';
import { taskKey } from './keys.ts';
import type { TableCalls } from './table-calls.ts';
import type { TaskStatus } from './task-record.ts';
import type { WorkflowRecord, WorkflowStep } from './workflow-records.ts';

/**
 * What became of a revocation: a waiting task is `revoked`; a running one is `revoking`, and its
 * worker aborts it within seconds; one that has ended stays as it is; `unknown` has no record.
 */
export type Revocation =
  | { kind: 'revoked' }
  | { kind: 'revoking' }
  | { kind: 'ended'; status: TaskStatus }
  | { kind: 'unknown' };

/** A task may start, or wait again, between the two tries. */
const TRIES = 4;

export async function revokeTask(
  { change }: Pick<TableCalls, 'change'>,
  id: string,
): Promise<Revocation> {
  const key = taskKey(id);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const now = Date.now();
    const waiting = await change(key, {
      // Kept for as long as before: its message may come at any time until then.
      update: 'SET #status = :revoked, #finished_at = :now, #updated_at = :now',
      condition: '#status IN (:queued, :retrying)',
      values: {
        revoked: 'revoked',
        queued: 'queued',
        retrying: 'retrying',
        now,
      },
    });
    if (waiting.applied) return { kind: 'revoked' };
    if (waiting.item === undefined) return { kind: 'unknown' };
    const status = textOf(waiting.item, 'status') as TaskStatus;
    if (status === 'revoked') return { kind: 'revoked' };
    if (status === 'completed' || status === 'failed') return { kind: 'ended', status };
    const running = await change(key, {
      update: 'SET #revoke_requested = :now, #updated_at = :now',
      condition: '#status = :running',
      values: { running: 'running', now },
    });
    if (running.applied) return { kind: 'revoking' };
  }
  return { kind: 'revoking' };
}

/** DynamoDB calls at a time. */
const CONCURRENCY = 25;

/** Keeps the steps of a chain or group from running, those too that are yet to be sent. */
export async function revokeSteps(
  calls: Pick<TableCalls, 'change' | 'create'>,
  { id, steps }: Pick<WorkflowRecord, 'id' | 'steps'>,
): Promise<void> {
  const revokeStep = async (step: WorkflowStep, index: number) => {
    const { kind } = await revokeTask(calls, step.id);
    if (kind !== 'unknown') return;
    // Its message may be on its way: a record that is there already keeps it from running.
    const now = Date.now();
    const item = queuedItem({ ...step, workflow: { id, step: index } }, now);
    const created = await calls.create({ ...item, status: 'revoked', finished_at: now });
    if (!created) await revokeTask(calls, step.id);
  };
  for (let start = 0; start < steps.length; start += CONCURRENCY) {
    const some = steps.slice(start, start + CONCURRENCY);
    await Promise.all(some.map((step, index) => revokeStep(step, start + index)));
  }
}

/** @returns those of the running tasks that somebody wants revoked. */
export async function findRevoked(
  { getMany }: Pick<TableCalls, 'getMany'>,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<Set<string>> {
  const items = await getMany(ids.map(taskKey), signal);
  return new Set(
    ids.filter((id) => {
      const item = items.get(taskKey(id));
      return (
        item !== undefined &&
        (item['revoke_requested'] !== undefined || item['status'] === 'revoked')
      );
    }),
  );
}
