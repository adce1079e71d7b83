/** Passes on one warning a minute at most and says in the next one how many it held back. */
export function createWarningLimit(
  onWarning: (message: string) => void,
  now: () => number = Date.now,
): (message: string) => void {
  let lastAt = Number.NEGATIVE_INFINITY;
  let heldBack = 0;
  return (message) => {
    if (now() - lastAt < 60_000) {
      heldBack += 1;
      return;
    }
    onWarning(
      heldBack === 0 ? message : `${message} (and ${heldBack} more since the last warning)`,
    );
    lastAt = now();
    heldBack = 0;
  };
}
