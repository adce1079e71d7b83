import type {
  ConsoleSettings,
  Overview,
  OverviewUpdate,
  TaskList,
  TaskUpdate,
} from '../../console-api.ts';
import { type LiveStream, openLiveStream } from './live-stream.ts';
import { createLiveValue, type Loaded } from './live-value.ts';
import { mergeOverview } from './merge-overview.ts';
import { mergeTasks } from './merge-tasks.ts';
import { createStore, type Store } from './store.ts';

/** What every page may look at; it is kept up to date as long as the page is open. */
export interface ConsoleState {
  readonly stream: LiveStream;
  readonly settings: Store<Loaded<ConsoleSettings>>;
  readonly overview: Store<Loaded<Overview>>;
  readonly tasks: Store<Loaded<TaskList>>;
  /**
   * Another number whenever everything is to be asked for (again). Undefined at first: the stream is
   * opened before, so that nothing is missed.
   */
  readonly generation: Store<number | undefined>;
}

export function createConsoleState(): ConsoleState {
  const stream = openLiveStream();
  const generation = createStore<number | undefined>(undefined);
  const settings = createLiveValue<ConsoleSettings, never>({
    path: 'settings',
    subscribe: () => {},
    merge: (value) => value,
  });
  const overview = createLiveValue<Overview, OverviewUpdate>({
    path: 'overview',
    subscribe: (listener) => stream.on('overview', listener),
    merge: mergeOverview,
  });
  const tasks = createLiveValue<TaskList, TaskUpdate>({
    path: 'tasks',
    subscribe: (listener) => stream.on('tasks', listener),
    merge: mergeTasks,
  });
  const askAgain = () => {
    for (const each of [settings, overview, tasks]) void each.load();
    generation.set((generation.get() ?? 0) + 1);
  };
  stream.on('reset', askAgain);
  // Where there is no stream to be had, a page that says what is wrong is better than none.
  stream.state.subscribe((state) => {
    if (state === 'reconnecting' && generation.get() === undefined) askAgain();
  });
  return {
    stream,
    settings: settings.store,
    overview: overview.store,
    tasks: tasks.store,
    generation,
  };
}
