/** EventBridge Scheduler's refusal of a request, with the code and status that it uses itself. */
export class SchedulerRefusal extends Error {
  override readonly name = 'SchedulerRefusal';
  readonly retryable = false;
  readonly code: string;
  readonly statusCode: number;

  constructor(statusCode: number, code: string, message: string) {
    super(message);
    this.statusCode = statusCode;
    this.code = code;
  }
}
