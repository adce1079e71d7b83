import type { RunSummary } from '../../console-api.ts';
import type { RunFilter } from '../shell/route.ts';

export interface LoadedRuns {
  /** Newest first. */
  runs: readonly RunSummary[];
  /** There are older ones, which are not loaded. */
  hasOlder: boolean;
}

/**
 * The list with the changed runs in it: those that are there in their place, new ones where their
 * time belongs, and without those that the filter no longer lets through. No more than the server
 * keeps: it has dropped the rest.
 */
export function mergeRuns(
  { runs, hasOlder }: LoadedRuns,
  changed: readonly RunSummary[],
  filter: RunFilter,
  maxRuns: number,
): readonly RunSummary[] {
  const byId = new Map(changed.map((run) => [run.id, run]));
  const merged: RunSummary[] = [];
  for (const run of runs) {
    const update = byId.get(run.id);
    byId.delete(run.id);
    // The answer to a question may have been made after the event.
    const now = update !== undefined && update.updatedAt >= run.updatedAt ? update : run;
    if (passes(now, filter)) merged.push(now);
  }
  const last = runs.at(-1);
  for (const run of byId.values()) {
    if (!passes(run, filter)) continue;
    // It is among those that are loaded later.
    if (hasOlder && last !== undefined && timeOf(run) < timeOf(last)) continue;
    const index = merged.findIndex((other) => timeOf(other) <= timeOf(run));
    merged.splice(index === -1 ? merged.length : index, 0, run);
  }
  return merged.slice(0, maxRuns);
}

function passes(run: RunSummary, { task, queue, state }: RunFilter): boolean {
  return (
    (task === undefined || run.task === task) &&
    (queue === undefined || run.queue === queue) &&
    (state === undefined || run.state === state)
  );
}

function timeOf({ enqueuedAt, startedAt, updatedAt }: RunSummary): number {
  return enqueuedAt ?? startedAt ?? updatedAt;
}
