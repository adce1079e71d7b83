import { getJson } from './ask-server.ts';
import { createStore, type Store } from './store.ts';

/** Neither of the two: it is being asked for. Both: `value` is what was known before. */
export interface Loaded<T> {
  value?: T;
  /** Why it could not be loaded, for people. */
  problem?: string;
}

export interface LiveValue<T> {
  readonly store: Store<Loaded<T>>;
  load(): Promise<void>;
}

/**
 * What is asked for once and kept up to date by events. Those that come while it is asked for are
 * put into the answer, which may have been made before them.
 */
export function createLiveValue<T, U>(options: {
  path: string;
  subscribe: (listener: (update: U) => void) => void;
  /** Has to bear an update that is in the value already. */
  merge: (value: T, update: U) => T;
}): LiveValue<T> {
  const { path, subscribe, merge } = options;
  const store = createStore<Loaded<T>>({});
  let asking: U[] | undefined;
  subscribe((update) => {
    asking?.push(update);
    const { value } = store.get();
    if (value !== undefined) store.set({ value: merge(value, update) });
  });
  return {
    store,
    async load() {
      const updates: U[] = [];
      asking = updates;
      const loaded = await getJson<T>(path).then(
        (value): Loaded<T> => ({ value: updates.reduce(merge, value) }),
        ({ message }: Error): Loaded<T> => ({ ...store.get(), problem: message }),
      );
      // It was asked for again meanwhile.
      if (asking !== updates) return;
      asking = undefined;
      store.set(loaded);
    },
  };
}
