import { LeadlineError } from './leadline-error.ts';

/** AWS did not answer a read in time. */
export class ReadTimeout extends LeadlineError {
  override readonly name: string = 'ReadTimeout';
  readonly code: string = 'READ_TIMEOUT';
  readonly retryable: boolean = true;
}
