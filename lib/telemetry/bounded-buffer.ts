/** Holds what waits for the next flush, and no more than its bounds: the oldest goes first, and at once what alone is over them. */
export interface BoundedBuffer<T> {
  add(item: T): void;
  /** Takes everything out, oldest first. */
  drain(): T[];
  /** Puts items back that could not be sent, before what came after them. */
  putBack(returned: readonly T[]): void;
  readonly size: number;
  /** Of all that waits, by estimate. */
  readonly bytes: number;
}

export interface BufferOptions<T> {
  maxItems: number;
  /** @default no bound */
  maxBytes?: number;
  /** @default 0 */
  bytesOf?: (item: T) => number;
  /** Called once for each item that had to go. */
  onDropped: () => void;
}

export function createBoundedBuffer<T>(options: BufferOptions<T>): BoundedBuffer<T> {
  const { maxItems, maxBytes = Number.POSITIVE_INFINITY, bytesOf = () => 0, onDropped } = options;
  let items: T[] = [];
  /** What each item counts for, so that it is estimated once. */
  let sizes: number[] = [];
  let first = 0;
  let bytes = 0;

  const dropOldest = () => {
    bytes -= sizes[first] ?? 0;
    // Held no longer: it may be a large one, and a drain may be far off.
    items[first] = undefined as T;
    first += 1;
    onDropped();
    if (first < maxItems) return;
    items = items.slice(first);
    sizes = sizes.slice(first);
    first = 0;
  };
  const add = (item: T) => {
    const size = bytesOf(item);
    // The others would go for nothing: it does not fit beside none of them either.
    if (size > maxBytes) return onDropped();
    items.push(item);
    sizes.push(size);
    bytes += size;
    while (items.length - first > maxItems || bytes > maxBytes) {
      dropOldest();
    }
  };
  const drain = () => {
    const drained = first === 0 ? items : items.slice(first);
    items = [];
    sizes = [];
    first = 0;
    bytes = 0;
    return drained;
  };
  return {
    add,
    drain,
    putBack(returned) {
      const newer = drain();
      for (const item of returned) add(item);
      for (const item of newer) add(item);
    },
    get size() {
      return items.length - first;
    },
    get bytes() {
      return bytes;
    },
  };
}
