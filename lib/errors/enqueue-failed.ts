import { LeadlineError } from './leadline-error.ts';

/** SQS, or EventBridge Scheduler, did not take the message; `cause` is the AWS SDK's error, after its own retries. */
export class EnqueueFailed extends LeadlineError {
  override readonly name: string = 'EnqueueFailed';
  readonly code: string = 'ENQUEUE_FAILED';
  readonly retryable: boolean;

  constructor(message: string, options: { cause: unknown; retryable: boolean }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}
