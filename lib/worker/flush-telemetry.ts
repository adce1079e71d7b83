import type { MiddlewareObj } from '@middy/core';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';

/**
 * Middy middleware that flushes after everything else: use it first, since middy runs `after` and
 * `onError` in reverse order. A failed flush never fails the invocation.
 */
export function flushTelemetry(telemetry: Pick<TelemetryHandle, 'flush'>): MiddlewareObj {
  const flush: NonNullable<MiddlewareObj['after']> = async ({ context }) => {
    await telemetry.flush({
      requestId: context.awsRequestId,
      remainingMs: context.getRemainingTimeInMillis(),
    });
  };
  return { name: 'flush-telemetry', after: flush, onError: flush };
}
