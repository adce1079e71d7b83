import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLifecycle, type TaskContext } from '../../../../lib/index.ts';
import type { Worker } from '../../../../lib/worker.ts';
import type { Act } from './soak-task.ts';

const file = join(process.env['SOAK_RUNS'] ?? '.', `${process.pid}.txt`);
let requestId = 'none';

/** What a line may say: of an invocation, of a run, and of what the worker made of a message. */
export type RunEvent = 'batch' | 'start' | 'end' | 'said' | 'duplicate';

/**
 * One line a start and one an end, so that runs are counted from outside of the worker and its
 * telemetry. Written at once: a line that was written survives the SIGKILL of its process.
 */
export function recordRun(
  event: 'start' | 'end',
  act: Act | 'unfinished',
  { id, attempt }: Pick<TaskContext, 'id' | 'attempt'>,
): void {
  write(event, id, attempt, act);
}

/** Lets the lines name their invocation, and counts its messages. */
export function recordInvocations(worker: Worker): Worker {
  return (event, context) => {
    requestId = context.awsRequestId;
    write('batch', requestId, event.Records.length);
    return worker(event, context);
  };
}

export const lifecycle = createLifecycle();
// By then task state has it, or the worker has logged why not.
lifecycle.on('taskCompleted', ({ id, attempt }) => write('said', id, attempt));
lifecycle.on('taskDuplicate', ({ id, attempt }) => write('duplicate', id, attempt));

function write(event: RunEvent, id: string, count: number, act = '-'): void {
  appendFileSync(file, `${event} ${id} ${count} ${act} ${requestId} ${Date.now()}\n`);
}
