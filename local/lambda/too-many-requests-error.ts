/** A function has as many invocations under way as its reserved concurrency allows. Lambda's 429. */
export class TooManyRequestsError extends Error {
  override readonly name = 'TooManyRequestsException';
  readonly code = 'TooManyRequestsException';
  readonly retryable = true;
  readonly reason = 'ReservedFunctionConcurrentInvocationLimitExceeded';

  constructor(functionName: string, limit: number) {
    super(`Rate Exceeded: ${functionName} already has ${limit} concurrent invocations, its limit.`);
  }
}
