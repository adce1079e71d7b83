/** Holds what waits for the next flush, and no more than its bound: the oldest goes first. */
export interface BoundedBuffer<T> {
  add(item: T): void;
  /** Takes everything out, oldest first. */
  drain(): T[];
  /** Puts items back that could not be sent, before what came after them. */
  putBack(returned: readonly T[]): void;
  readonly size: number;
}

/** @param onDropped called once for each item that had to go. */
export function createBoundedBuffer<T>(capacity: number, onDropped: () => void): BoundedBuffer<T> {
  let items: T[] = [];
  let first = 0;
  return {
    add(item) {
      if (items.length < capacity) {
        items.push(item);
        return;
      }
      items[first] = item;
      first = (first + 1) % capacity;
      onDropped();
    },
    drain() {
      const drained = first === 0 ? items : [...items.slice(first), ...items.slice(0, first)];
      items = [];
      first = 0;
      return drained;
    },
    putBack(returned) {
      const all = [...returned, ...this.drain()];
      for (let index = capacity; index < all.length; index += 1) onDropped();
      items = all.slice(-capacity);
    },
    get size() {
      return items.length;
    },
  };
}
