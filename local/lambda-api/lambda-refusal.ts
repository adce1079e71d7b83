/** Lambda's refusal of a request, with the code and status that Lambda itself uses. */
export class LambdaRefusal extends Error {
  override readonly name = 'LambdaRefusal';
  readonly retryable = false;
  readonly code: string;
  readonly statusCode: number;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}
