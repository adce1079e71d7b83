/** The local Lambda service was stopped before the invocation had its answer. */
export class ServiceStoppedError extends Error {
  override readonly name = 'ServiceStoppedError';
  readonly code = 'ServiceStopped';
  readonly retryable = false;

  constructor() {
    super('The local Lambda service was stopped before the invocation had its answer.');
  }
}
