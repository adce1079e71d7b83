import { textOf } from './attribute-values.ts';
import { taskKey } from './keys.ts';
import type { TableCalls } from './table-calls.ts';
import type { TaskStatus } from './task-record.ts';

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
  keepSeconds: number,
): Promise<Revocation> {
  const key = taskKey(id);
  for (let attempt = 1; attempt <= TRIES; attempt += 1) {
    const now = Date.now();
    const waiting = await change(key, {
      update:
        'SET #status = :revoked, #finished_at = :now, #updated_at = :now, #expires_at = :expires',
      condition: '#status IN (:queued, :retrying)',
      values: {
        revoked: 'revoked',
        queued: 'queued',
        retrying: 'retrying',
        now,
        expires: Math.ceil(now / 1000) + keepSeconds,
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
