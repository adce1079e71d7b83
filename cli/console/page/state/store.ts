import { useEffect, useState } from 'preact/hooks';

/** A value that changes, and who wants to know. */
export interface Store<T> {
  get(): T;
  set(value: T): void;
  /** Returns what ends it. */
  subscribe(listener: (value: T) => void): () => void;
}

export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener(next);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

/** Renders the component again whenever the store has another value. */
export function useStore<T>(store: Store<T>): T {
  const [value, setValue] = useState(store.get);
  useEffect(() => {
    // It may have changed between the first rendering and now.
    setValue(store.get);
    return store.subscribe((next) => setValue(() => next));
  }, [store]);
  return value;
}
