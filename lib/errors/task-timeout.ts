import { LeadlineError } from './leadline-error.ts';

/** The reason of a task's AbortSignal when its `timeoutSeconds` are over. */
export class TaskTimeout extends LeadlineError {
  override readonly name: string = 'TaskTimeout';
  readonly code: string = 'TASK_TIMEOUT';
  readonly retryable: boolean = true;

  constructor(task: string, timeoutSeconds: number) {
    super(`${task} did not finish within its timeoutSeconds of ${timeoutSeconds}.`);
  }
}
