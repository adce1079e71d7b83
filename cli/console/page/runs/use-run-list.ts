import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { RunList, RunSummary } from '../../console-api.ts';
import type { RunFilter } from '../shell/route.ts';
import { getJson } from '../state/ask-server.ts';
import { useConsole } from '../state/console-context.ts';
import { mergeRuns } from '../state/merge-runs.ts';
import { useStore } from '../state/store.ts';

export interface ListedRuns {
  /** Undefined until the first answer. */
  runs?: readonly RunSummary[];
  hasOlder: boolean;
  problem?: string;
  /** Asks for older ones; does nothing while it does or where there are none. */
  loadOlder(): void;
  retry(): void;
}

/** The most that the server gives at once. */
const PAGE = 200;

type Asking = (signal: AbortSignal) => Promise<RunList>;

interface Listed {
  runs?: readonly RunSummary[];
  next?: string | undefined;
  problem?: string;
}

/** The runs that pass the filter, as far as they were asked for, and as they change. */
export function useRunList(filter: RunFilter): ListedRuns {
  const { stream, settings, generation: generations } = useConsole();
  const generation = useStore(generations);
  const [turn, setTurn] = useState(0);
  const [listed, setListed] = useState<Listed>({});
  const count = useRef(0);
  count.current = listed.runs?.length ?? 0;
  const loading = useRef<AbortController>(undefined);
  /** What came while the list was asked for. */
  const meanwhile = useRef<RunSummary[]>([]);
  const query = new URLSearchParams({ ...filter, limit: String(PAGE) }).toString();

  const merge = ({ runs = [], next }: Listed, changed: readonly RunSummary[]): Listed => {
    const maxRuns = settings.get().value?.maxRuns ?? Number.POSITIVE_INFINITY;
    const merged = mergeRuns({ runs, hasOlder: next !== undefined }, changed, filter, maxRuns);
    // Whatever is older than those is dropped by now.
    return { runs: merged, next: merged.length < maxRuns ? next : undefined };
  };

  const load = useCallback((ask: Asking, add: (before: Listed, answer: RunList) => Listed) => {
    loading.current?.abort();
    const controller = new AbortController();
    loading.current = controller;
    ask(controller.signal).then(
      (answer) => {
        loading.current = undefined;
        setListed((before) => add(before, answer));
      },
      (error: Error) => {
        if (controller.signal.aborted) return;
        loading.current = undefined;
        setListed((before) => ({ ...before, problem: error.message }));
      },
    );
  }, []);

  useEffect(() => {
    setListed({});
    count.current = 0;
  }, [query]);
  useEffect(() => {
    if (generation === undefined) return;
    meanwhile.current = [];
    const ask = (signal: AbortSignal) => askForRuns(query, count.current, signal);
    load(ask, (_, answer) => merge(answer, meanwhile.current));
    return () => loading.current?.abort();
  }, [query, generation, turn]);
  useEffect(
    () =>
      stream.on('runs', (update) => {
        if (loading.current) meanwhile.current = [...meanwhile.current, ...update.runs];
        setListed((before) =>
          before.runs === undefined ? before : { ...before, ...merge(before, update.runs) },
        );
      }),
    [query],
  );

  const { runs, next, problem } = listed;
  return {
    ...(runs && { runs }),
    ...(problem !== undefined && { problem }),
    hasOlder: next !== undefined,
    loadOlder() {
      if (next === undefined || loading.current !== undefined) return;
      const ask = (signal: AbortSignal) => askForPage(query, next, signal);
      load(ask, (before, answer) => ({
        runs: withOlder(before.runs ?? [], answer.runs),
        next: answer.next,
      }));
    },
    retry: () => setTurn((number) => number + 1),
  };
}

/** As many as there were: whoever has scrolled down stays there when everything is asked for again. */
async function askForRuns(query: string, count: number, signal: AbortSignal): Promise<RunList> {
  let { runs, next } = await askForPage(query, undefined, signal);
  while (next !== undefined && runs.length < count) {
    const older = await askForPage(query, next, signal);
    runs = withOlder(runs, older.runs);
    next = older.next;
  }
  return { runs, ...(next !== undefined && { next }) };
}

function askForPage(
  query: string,
  before: string | undefined,
  signal: AbortSignal,
): Promise<RunList> {
  const from = before === undefined ? '' : `&before=${encodeURIComponent(before)}`;
  return getJson<RunList>(`runs?${query}${from}`, signal);
}

/** One that changed meanwhile may be in both. */
function withOlder(runs: readonly RunSummary[], older: readonly RunSummary[]): RunSummary[] {
  const ids = new Set(runs.map(({ id }) => id));
  return [...runs, ...older.filter(({ id }) => !ids.has(id))];
}
