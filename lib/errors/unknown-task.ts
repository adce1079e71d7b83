import { LeadlineError } from './leadline-error.ts';

/**
 * No task of that name is registered here, or the message's version is newer than this code.
 * Retryable: while a deploy is under way, an older worker meets messages of a newer producer.
 */
export class UnknownTask extends LeadlineError {
  override readonly name: string = 'UnknownTask';
  readonly code: string = 'UNKNOWN_TASK';
  readonly retryable: boolean = true;
}
