import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaskContext } from '../../../../lib/index.ts';
import type { Act } from './soak-task.ts';

const file = join(process.env['SOAK_RUNS'] ?? '.', `${process.pid}.txt`);

/**
 * One line a start and one an end, so that runs are counted from outside of the worker and its
 * telemetry. Written at once: a line that was written survives the SIGKILL of its process.
 */
export function recordRun(
  event: 'start' | 'end',
  act: Act | 'unfinished',
  { id, attempt }: Pick<TaskContext, 'id' | 'attempt'>,
): void {
  appendFileSync(file, `${event} ${id} ${attempt} ${act}\n`);
}
