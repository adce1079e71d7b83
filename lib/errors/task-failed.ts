import { LeadlineError } from './leadline-error.ts';

/** A task whose result was waited for has failed, was revoked, or has a result that was refused. */
export class TaskFailed extends LeadlineError {
  override readonly name: string = 'TaskFailed';
  readonly code: string = 'TASK_FAILED';
  readonly retryable: boolean = false;
  /** The task id. */
  readonly id: string;
  /** `error.type` of its last attempt. */
  readonly errorType: string;
  readonly traceId: string | undefined;

  constructor(id: string, error: { type: string; message: string }, traceId?: string) {
    super(`Task ${id} failed: ${error.type}: ${error.message}`);
    this.id = id;
    this.errorType = error.type;
    this.traceId = traceId;
  }
}
