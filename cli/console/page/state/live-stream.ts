import type { ConsoleEvents } from '../../console-api.ts';
import { createStore, type Store } from './store.ts';

export type StreamState = 'connecting' | 'live' | 'reconnecting';

export interface LiveStream {
  readonly state: Store<StreamState>;
  /** Returns what ends it. */
  on<K extends keyof ConsoleEvents>(
    name: K,
    listener: (data: ConsoleEvents[K]) => void,
  ): () => void;
}

const NAMES: readonly (keyof ConsoleEvents)[] = ['reset', 'overview', 'tasks', 'runs'];
const URL = '/console/api/events?topics=overview,tasks,runs';
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 10_000;

/**
 * The server's events. The browser reconnects by itself where the connection broke; where the server
 * answered something else than a stream it gives up, and we open another one.
 */
export function openLiveStream(): LiveStream {
  const state = createStore<StreamState>('connecting');
  const listeners = new Map(NAMES.map((name) => [name, new Set<(data: never) => void>()]));
  let waitMs = FIRST_WAIT_MS;

  function open(): void {
    const source = new EventSource(URL);
    source.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      state.set('live');
    };
    source.onerror = () => {
      state.set('reconnecting');
      if (source.readyState !== EventSource.CLOSED) return;
      setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
    for (const name of NAMES) {
      source.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const parsed = JSON.parse(data) as never;
        for (const listener of listeners.get(name) ?? []) listener(parsed);
      });
    }
  }

  open();
  return {
    state,
    on(name, listener) {
      listeners.get(name)?.add(listener);
      return () => {
        listeners.get(name)?.delete(listener);
      };
    },
  };
}
