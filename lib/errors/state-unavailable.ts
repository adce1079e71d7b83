import { LeadlineError } from './leadline-error.ts';

/** The table of task state did not answer, or refused; `cause` is the AWS SDK's error. */
export class StateUnavailable extends LeadlineError {
  override readonly name: string = 'StateUnavailable';
  readonly code: string = 'STATE_UNAVAILABLE';
  readonly retryable: boolean = true;

  constructor(table: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`The table ${table} of task state could not be used: ${reason}`, { cause });
  }
}
