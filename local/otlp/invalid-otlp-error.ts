/** A request body that is not OTLP; the message names the field. */
export class InvalidOtlpError extends Error {
  readonly code = 'INVALID_OTLP';
  readonly retryable = false;
  override readonly name = 'InvalidOtlpError';
}
