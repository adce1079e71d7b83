import { LeadlineError } from './leadline-error.ts';

/** The message, attributes included, is over SQS's limit of 1 MiB, or Scheduler's of 256 KB. Nothing was sent. */
export class MessageTooLarge extends LeadlineError {
  override readonly name: string = 'MessageTooLarge';
  readonly code: string = 'MESSAGE_TOO_LARGE';
  readonly retryable: boolean = false;
  /** Bytes of body and attributes together. */
  readonly bytes: number;
  readonly limit: number;

  constructor(task: string, bytes: number, limit: number, service = 'SQS') {
    super(
      `The message of ${task} has ${bytes} bytes and ${service} takes ${limit}. ` +
        'Store the data elsewhere (S3, a table) and send its key.',
    );
    this.bytes = bytes;
    this.limit = limit;
  }
}
