import { LeadlineError } from './leadline-error.ts';

/** Somebody revoked the task while it ran: the reason of its AbortSignal. */
export class TaskRevoked extends LeadlineError {
  override readonly name: string = 'TaskRevoked';
  readonly code: string = 'TASK_REVOKED';
  readonly retryable: boolean = false;

  constructor(task: string) {
    super(`Task ${task} was revoked.`);
  }
}
