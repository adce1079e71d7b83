/**
 * When the run was due: `time` of the event, as EventBridge Scheduler is told to put it there and
 * EventBridge rules do. An event without one, or with one to come, is due now.
 */
export function scheduledTimeOf(event: unknown, now: number = Date.now()): number {
  const time = (event as { time?: unknown } | null | undefined)?.time;
  const parsed = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return Number.isNaN(parsed) ? now : Math.min(parsed, now);
}
