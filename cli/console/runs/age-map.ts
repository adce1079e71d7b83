/** A map that knows the age of its entries: each of these takes constant time. */
export interface AgeMap<K, V> {
  readonly size: number;
  get(key: K): V | undefined;
  /** Adds it as the newest; a key that is there already moves to the newest. */
  add(key: K, value: V): void;
  delete(key: K): void;
  oldest(): V | undefined;
  /** From the newest on, or from the next older than `key`: nothing when `key` is not there. */
  newestFirst(key?: K): Generator<V>;
}

interface Node<K, V> {
  key: K;
  value: V;
  older?: Node<K, V> | undefined;
  newer?: Node<K, V> | undefined;
}

/**
 * A Map keeps the order too, but walks over the places of deleted entries to find its first one:
 * with the oldest deleted at each insertion, that is thousands of places an item.
 */
export function createAgeMap<K, V>(): AgeMap<K, V> {
  const nodes = new Map<K, Node<K, V>>();
  let newest: Node<K, V> | undefined;
  let oldest: Node<K, V> | undefined;

  const unlink = (node: Node<K, V>) => {
    if (node.newer) node.newer.older = node.older;
    else newest = node.older;
    if (node.older) node.older.newer = node.newer;
    else oldest = node.newer;
  };
  const remove = (key: K) => {
    const node = nodes.get(key);
    if (node === undefined) return;
    unlink(node);
    nodes.delete(key);
  };

  return {
    get size() {
      return nodes.size;
    },
    get: (key) => nodes.get(key)?.value,
    add(key, value) {
      remove(key);
      const node: Node<K, V> = { key, value, older: newest };
      if (newest) newest.newer = node;
      newest = node;
      oldest ??= node;
      nodes.set(key, node);
    },
    delete: remove,
    oldest: () => oldest?.value,
    *newestFirst(key) {
      let node = key === undefined ? newest : nodes.get(key)?.older;
      for (; node !== undefined; node = node.older) yield node.value;
    },
  };
}
