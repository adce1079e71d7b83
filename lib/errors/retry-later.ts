import { LeadlineError } from './leadline-error.ts';

/**
 * Thrown by a task to be tried again after a delay of its own choosing, for instance what a
 * `Retry-After` header asks for. It uses up an attempt like any other failure.
 */
export class RetryLater extends LeadlineError {
  override readonly name: string = 'RetryLater';
  readonly code: string = 'RETRY_LATER';
  readonly retryable: boolean = true;
  /** At most 12 hours less the time since the message was received. */
  readonly seconds: number;

  constructor(seconds: number, message?: string, options?: ErrorOptions) {
    super(message ?? `Asked to be tried again in ${seconds} s.`, options);
    if (!(seconds >= 0)) {
      throw new RangeError(`RetryLater(${seconds}): give seconds of 0 or more.`);
    }
    this.seconds = seconds;
  }
}
