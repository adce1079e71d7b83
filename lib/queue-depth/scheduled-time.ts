/** More than clocks differ by. */
const MAX_AHEAD_MS = 60_000;

/**
 * When the run was due: `time` of the event, as EventBridge Scheduler is told to put it there and
 * EventBridge rules do. An event without one, or with one that is far to come, is due now.
 */
export function scheduledTimeOf(event: unknown, now: number = Date.now()): number {
  const time = (event as { time?: unknown } | null | undefined)?.time;
  const parsed = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  // Clocks differ by a little, and a run belongs to the minute that it was due at.
  return parsed <= now + MAX_AHEAD_MS ? parsed : now;
}
