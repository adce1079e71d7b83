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

  const load = useCallback((path: string, add: (before: Listed, answer: RunList) => Listed) => {
    loading.current?.abort();
    const controller = new AbortController();
    loading.current = controller;
    getJson<RunList>(path, controller.signal).then(
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

  useEffect(() => setListed({}), [query]);
  useEffect(() => {
    if (generation === undefined) return;
    meanwhile.current = [];
    load(`runs?${query}`, (_, answer) => merge(answer, meanwhile.current));
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
      load(`runs?${query}&before=${encodeURIComponent(next)}`, (before, answer) => ({
        runs: withOlder(before.runs ?? [], answer.runs),
        next: answer.next,
      }));
    },
    retry: () => setTurn((number) => number + 1),
  };
}

/** One that changed meanwhile may be in both. */
function withOlder(runs: readonly RunSummary[], older: readonly RunSummary[]): RunSummary[] {
  const ids = new Set(runs.map(({ id }) => id));
  return [...runs, ...older.filter(({ id }) => !ids.has(id))];
}
