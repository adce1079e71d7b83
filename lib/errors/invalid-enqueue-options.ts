import { LeadlineError } from './leadline-error.ts';

/** An option of `enqueue` that SQS would refuse, or a queue that the producer does not know. */
export class InvalidEnqueueOptions extends LeadlineError {
  override readonly name: string = 'InvalidEnqueueOptions';
  readonly code: string = 'INVALID_ENQUEUE_OPTIONS';
  readonly retryable: boolean = false;
}
