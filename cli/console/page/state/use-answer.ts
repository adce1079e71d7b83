import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { getJson, type ServerProblem } from './ask-server.ts';
import { useConsole } from './console-context.ts';
import { useStore } from './store.ts';

export interface AskedAnswer<T> {
  value?: T;
  problem?: ServerProblem;
  /** Asks again; what is shown stays until the answer is here. */
  reload(): void;
}

/**
 * The answer to a GET, asked for again whenever the stream says that everything has to be.
 *
 * @param path undefined: nothing is asked for yet.
 */
export function useAnswer<T>(path: string | undefined): AskedAnswer<T> {
  const generation = useStore(useConsole().generation);
  const [asked, setAsked] = useState<{ path?: string; value?: T; problem?: ServerProblem }>({});
  const [turn, setTurn] = useState(0);
  const underWay = useRef<{ path: string; again: boolean }>(undefined);

  useEffect(() => {
    if (path === undefined || generation === undefined) return;
    const controller = new AbortController();
    const current = { path, again: false };
    underWay.current = current;
    getJson<T>(path, controller.signal)
      .then(
        (value) => setAsked({ path, value }),
        (problem: ServerProblem) => {
          if (controller.signal.aborted) return;
          setAsked((before) => ({ ...(before.path === path && before), path, problem }));
        },
      )
      .finally(() => {
        if (underWay.current !== current) return;
        underWay.current = undefined;
        if (current.again) setTurn((number) => number + 1);
      });
    return () => controller.abort();
  }, [path, generation, turn]);

  // A busy stream must not abort one question after the other: one is under way, one may follow.
  const reload = useCallback(() => {
    if (underWay.current) underWay.current.again = true;
    else setTurn((number) => number + 1);
  }, []);
  const { value, problem } = asked.path === path ? asked : {};
  return { ...(value !== undefined && { value }), ...(problem && { problem }), reload };
}
