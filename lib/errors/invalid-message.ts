import { LeadlineError } from './leadline-error.ts';

/** The body of an SQS message is not a task message (docs/wire-format.md). */
export class InvalidMessage extends LeadlineError {
  override readonly name: string = 'InvalidMessage';
  readonly code: string = 'INVALID_MESSAGE';
  readonly retryable: boolean = false;
}
