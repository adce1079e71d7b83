import type { MiddlewareObj } from '@middy/core';
import type { TelemetryHandle } from '../instrumentation/telemetry-handle.ts';

/** What is left of the invocation's time in any case, so that Lambda never ends it for a flush. */
const MARGIN_MS = 200;

/**
 * Middy middleware that tells the telemetry of the handler's end, after everything else: use it
 * first, since middy runs `after` and `onError` in reverse order. A flush that fails or hangs
 * never fails the invocation, whose messages would all be delivered again.
 */
export function flushTelemetry(telemetry: Pick<TelemetryHandle, 'flush'>): MiddlewareObj {
  const flush: NonNullable<MiddlewareObj['after']> = async ({ context }) => {
    const remainingMs = context.getRemainingTimeInMillis();
    let timer: NodeJS.Timeout | undefined;
    const bound = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.max(0, remainingMs - MARGIN_MS));
    });
    try {
      const flushed = telemetry.flush({ requestId: context.awsRequestId, remainingMs });
      await Promise.race([flushed, bound]);
    } catch {
      // Its own to report; the messages are done.
    } finally {
      clearTimeout(timer);
    }
  };
  return { name: 'flush-telemetry', after: flush, onError: flush };
}
