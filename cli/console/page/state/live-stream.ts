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
 *
 * Only a tab that is seen has one: browsers open six connections to a host, of all its tabs
 * together, and a seventh tab could ask for nothing. The next one begins with `reset`, after which
 * nothing is missed.
 */
export function openLiveStream(): LiveStream {
  const state = createStore<StreamState>('connecting');
  const listeners = new Map(NAMES.map((name) => [name, new Set<(data: never) => void>()]));
  let waitMs = FIRST_WAIT_MS;
  let source: EventSource | undefined;
  let reopening: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    const opened = new EventSource(URL);
    source = opened;
    opened.onopen = () => {
      waitMs = FIRST_WAIT_MS;
      state.set('live');
    };
    opened.onerror = () => {
      state.set('reconnecting');
      if (opened.readyState !== EventSource.CLOSED) return;
      reopening = setTimeout(open, waitMs);
      waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS);
    };
    for (const name of NAMES) {
      opened.addEventListener(name, ({ data }: MessageEvent<string>) => {
        const parsed = JSON.parse(data) as never;
        for (const listener of listeners.get(name) ?? []) listener(parsed);
      });
    }
  }

  function close(): void {
    clearTimeout(reopening);
    source?.close();
    source = undefined;
    state.set('connecting');
  }

  const follow = () => {
    if (document.visibilityState === 'hidden') close();
    else if (source === undefined) open();
  };
  document.addEventListener('visibilitychange', follow);
  follow();
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
