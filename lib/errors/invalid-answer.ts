import { LeadlineError } from './leadline-error.ts';

/** AWS, or whatever answered in its place, answered what it never answers. */
export class InvalidAnswer extends LeadlineError {
  override readonly name: string = 'InvalidAnswer';
  readonly code: string = 'INVALID_ANSWER';
  readonly retryable: boolean = true;
}
