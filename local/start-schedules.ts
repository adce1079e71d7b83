import type { ScheduleDescription } from './stack-description.ts';

type Invoke = (functionName: string, event: string) => Promise<unknown>;

/**
 * Invokes each schedule's function at its rate, with EventBridge Scheduler's context attribute
 * `<aws.scheduler.scheduled-time>` filled in. A run that fails is warned of and not repeated, and
 * one that hangs keeps none of the next from starting.
 */
export function startSchedules(
  schedules: readonly ScheduleDescription[],
  invoke: Invoke,
  onWarning: (message: string) => void,
): { stop(): void } {
  let stopped = false;
  const start = Date.now();
  const timers = schedules.map(({ name, functionName, rateSeconds, input }) =>
    setInterval(() => {
      const event = input.replaceAll(
        '<aws.scheduler.scheduled-time>',
        scheduledTime(start, rateSeconds * 1000),
      );
      invoke(functionName, event).catch((error: Error) => {
        // A run that the stop has cut off is no trouble.
        if (!stopped) onWarning(`Schedule ${name}: ${error.message}`);
      });
    }, rateSeconds * 1000),
  );
  return {
    stop() {
      stopped = true;
      for (const timer of timers) clearInterval(timer);
    },
  };
}

/** The time that the run was due, however late its timer: runs are exactly one rate apart. */
function scheduledTime(start: number, rateMs: number): string {
  const due = start + Math.round((Date.now() - start) / rateMs) * rateMs;
  return `${new Date(due).toISOString().slice(0, 19)}Z`;
}
