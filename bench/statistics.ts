/** NaN for no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

export function quantile(values: readonly number[], at: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const position = (sorted.length - 1) * at;
  const low = sorted[Math.floor(position)] ?? Number.NaN;
  const high = sorted[Math.ceil(position)] ?? Number.NaN;
  return low + (high - low) * (position - Math.floor(position));
}

/** The median of the differences of runs that were side by side: noise that both met cancels out. */
export function medianDifference(values: readonly number[], base: readonly number[]): number {
  return median(values.map((value, index) => value - (base[index] ?? Number.NaN)));
}

/**
 * The mean of the middle half of such differences: for counts too coarse for a median, such as
 * CPU time in ticks of 10 ms.
 */
export function middleDifference(values: readonly number[], base: readonly number[]): number {
  return middleMean(values.map((value, index) => value - (base[index] ?? Number.NaN)));
}

export function middleMean(values: readonly number[]): number {
  const cut = Math.floor(values.length / 4);
  const middle = values.toSorted((a, b) => a - b).slice(cut, values.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
