/** How many there were in each of the last periods. */
export interface CountWindow {
  /** What is older than the window is left out; what is of the future counts as now. */
  add(at: number, now: number): void;
  /** Oldest first, the last one still counts. */
  counts(now: number): number[];
}

export function createCountWindow(periods: number, periodMs: number): CountWindow {
  const counts = new Uint32Array(periods);
  let newest = Number.NEGATIVE_INFINITY;

  const moveTo = (period: number) => {
    if (period <= newest) return;
    if (period - newest >= periods) counts.fill(0);
    else for (let each = newest + 1; each <= period; each += 1) counts[each % periods] = 0;
    newest = period;
  };

  return {
    add(at, now) {
      const period = Math.floor(Math.min(at, now) / periodMs);
      moveTo(Math.floor(now / periodMs));
      if (newest - period >= periods) return;
      counts[period % periods] = (counts[period % periods] as number) + 1;
    },
    counts(now) {
      moveTo(Math.floor(now / periodMs));
      return Array.from(
        { length: periods },
        (_, index) => counts[(newest + 1 + index) % periods] as number,
      );
    },
  };
}
