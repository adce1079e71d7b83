/** The last values of something that is measured, and their percentiles. */
export interface SampleWindow {
  add(value: number, at: number): void;
  /**
   * By nearest rank, of the values since then.
   *
   * @param ranks 0 to 1
   * @returns nothing when there is no value
   */
  percentiles(ranks: readonly number[], since: number): number[] | undefined;
}

/** @param capacity the newest so many values count. */
export function createSampleWindow(capacity: number): SampleWindow {
  // Most tasks have few: the arrays grow with what comes.
  let values = new Float64Array(Math.min(capacity, 16));
  let times = new Float64Array(values.length);
  let count = 0;
  let next = 0;

  const grow = () => {
    const length = Math.min(capacity, values.length * 2);
    const [before, timesBefore] = [values, times];
    values = new Float64Array(length);
    times = new Float64Array(length);
    values.set(before);
    times.set(timesBefore);
  };

  return {
    add(value, at) {
      if (next === values.length && values.length < capacity) grow();
      if (next === values.length) next = 0;
      values[next] = value;
      times[next] = at;
      next += 1;
      count = Math.max(count, next);
    },
    percentiles(ranks, since) {
      const sorted = new Float64Array(count);
      let length = 0;
      for (let index = 0; index < count; index += 1) {
        if ((times[index] as number) < since) continue;
        sorted[length] = values[index] as number;
        length += 1;
      }
      if (length === 0) return undefined;
      const taken = sorted.subarray(0, length).sort();
      return ranks.map((rank) => {
        const value = taken[Math.max(0, Math.ceil(rank * length) - 1)] as number;
        return Math.round(value * 100) / 100;
      });
    },
  };
}
