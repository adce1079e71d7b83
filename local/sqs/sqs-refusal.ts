/** SQS's refusal of a request, with the code that SQS itself uses. */
export class SqsRefusal extends Error {
  override readonly name = 'SqsRefusal';
  readonly retryable = false;
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
