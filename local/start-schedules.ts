import type { ScheduleDescription } from './stack-description.ts';

type Invoke = (functionName: string, event: string) => Promise<unknown>;

/**
 * Invokes each schedule's function at its rate, with EventBridge Scheduler's context attribute
 * `<aws.scheduler.scheduled-time>` filled in. A run that fails is warned of and not repeated.
 */
export function startSchedules(
  schedules: readonly ScheduleDescription[],
  invoke: Invoke,
  onWarning: (message: string) => void,
): { stop(): void } {
  const timers = schedules.map(({ name, functionName, rateSeconds, input }) =>
    setInterval(() => {
      const scheduledTime = `${new Date().toISOString().slice(0, 19)}Z`;
      const event = input.replaceAll('<aws.scheduler.scheduled-time>', scheduledTime);
      invoke(functionName, event).catch((error: Error) =>
        onWarning(`Schedule ${name}: ${error.message}`),
      );
    }, rateSeconds * 1000),
  );
  return {
    stop() {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
