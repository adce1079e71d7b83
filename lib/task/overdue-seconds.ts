import { nextRun } from './next-run.ts';
import type { TaskTiming } from './task-schedule.ts';

/** EventBridge Scheduler sends within the minute that a run is due in. */
const GRACE_MS = 60_000;

/**
 * For how long the first run that should have followed the last one has been missing: 0 while none
 * is, and in the minute after it was due.
 */
export function overdueSeconds(timing: TaskTiming, lastRun: Date, now: Date): number {
  const due = nextRun(timing, lastRun);
  if (due === undefined) return 0;
  const lateMs = now.getTime() - due.getTime();
  return lateMs > GRACE_MS ? lateMs / 1000 : 0;
}
