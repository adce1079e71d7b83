/** The service has no function of that name. Lambda's 404. */
export class ResourceNotFoundError extends Error {
  override readonly name = 'ResourceNotFoundException';
  readonly code = 'ResourceNotFoundException';
  readonly retryable = false;

  constructor(functionName: string) {
    super(`Function not found: ${functionName}. Is it in the stack description's functions?`);
  }
}
