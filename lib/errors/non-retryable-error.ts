import { LeadlineError } from './leadline-error.ts';

/** Thrown by a task that cannot succeed however often it runs: a declined card, a deleted order. */
export class NonRetryableError extends LeadlineError {
  override readonly name: string = 'NonRetryableError';
  readonly code: string = 'NON_RETRYABLE';
  readonly retryable: boolean = false;
}
