/**
 * At most one warning an interval; the next one after it tells of what was not said by giving the
 * running total.
 */
export function createWarningThrottle(
  intervalMs: number,
  onWarning: ((message: string) => void) | undefined,
): (reason: string, dropped: number) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  return (reason, dropped) => {
    const now = performance.now();
    if (now - lastAt < intervalMs) return;
    lastAt = now;
    onWarning?.(`Telemetry relay: ${reason}; ${dropped} requests dropped so far`);
  };
}
