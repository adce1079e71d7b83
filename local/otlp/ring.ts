export interface Ring<T> {
  push(item: T): void;
  /** Oldest first. */
  toArray(): T[];
  clear(): void;
}

/** A bounded list whose oldest item makes room for the newest, in constant time. */
export function createRing<T>(capacity: number): Ring<T> {
  if (!Number.isInteger(capacity) || capacity < 1) {
    throw new RangeError(`A ring's capacity must be a positive whole number, not ${capacity}`);
  }
  let items: T[] = [];
  let oldest = 0;

  return {
    push(item) {
      if (items.length < capacity) {
        items.push(item);
      } else {
        items[oldest] = item;
        oldest = (oldest + 1) % capacity;
      }
    },
    toArray: () => [...items.slice(oldest), ...items.slice(0, oldest)],
    clear() {
      items = [];
      oldest = 0;
    },
  };
}
