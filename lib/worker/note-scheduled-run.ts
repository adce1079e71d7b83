import { SCHEDULE_NAME } from '../instrumentation/attributes.ts';
import { toError } from '../instrumentation/error-type.ts';
import type { ScheduleRuns } from '../state/schedule-runs.ts';
import type { Log } from '../task/task-context.ts';
import { identifySchedule } from '../task/task-schedule.ts';
import type { MessageFacts } from './message-facts.ts';

/**
 * Keeps that a schedule's run has begun, so that nobody takes it for missing, whatever becomes of
 * it. Only of schedules that the task has: anybody may write a message. Never rejects.
 */
export async function noteScheduledRun(
  { content }: Pick<MessageFacts, 'content'>,
  runs: ScheduleRuns,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  if (content.kind !== 'task') return;
  const { schedule, enqueuedAt = new Date() } = content.message;
  const { task } = content.implementation;
  const known = task.schedule.map((timing, index) => identifySchedule(task, timing, index));
  const identity = known.find(({ name }) => name === schedule);
  if (identity === undefined) return;
  // A run to come would hide those that are missing until then.
  const due = new Date(Math.min(enqueuedAt.getTime(), Date.now()));
  try {
    await runs.record(identity, due, signal);
  } catch (error) {
    log.warn('the run of a schedule could not be noted', {
      [SCHEDULE_NAME]: identity.name,
      'error.message': toError(error).message,
    });
  }
}
