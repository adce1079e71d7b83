/**
 * Whether an AWS service's error may pass by itself. Refusals (4xx) stay refusals, throttling
 * excepted, for which SQS answers 400: RequestThrottled, KmsThrottled.
 */
export function isRetryable(error: unknown): boolean {
  const { $metadata, $retryable, name } = (error ?? {}) as {
    $metadata?: { httpStatusCode?: number };
    $retryable?: unknown;
    name?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  if (status === undefined || status >= 500 || status === 429) return true;
  return $retryable !== undefined || /throttl/i.test(String(name));
}
