import { useEffect } from 'preact/hooks';
import type { RunDetail } from '../../console-api.ts';
import { useConsole } from '../state/console-context.ts';
import { type AskedAnswer, useAnswer } from '../state/use-answer.ts';

/** Spans and logs of an attempt may arrive a moment after its end was told. */
const LATER_MS = 1_500;

/** One run, asked for again whenever something of it arrives. */
export function useRun(id: string): AskedAnswer<RunDetail> {
  const { stream } = useConsole();
  const answer = useAnswer<RunDetail>(`runs/${encodeURIComponent(id)}`);
  const { reload } = answer;
  useEffect(() => {
    let later: ReturnType<typeof setTimeout> | undefined;
    const unsubscribe = stream.on('runs', ({ runs }) => {
      if (!runs.some((run) => run.id === id)) return;
      reload();
      clearTimeout(later);
      later = setTimeout(reload, LATER_MS);
    });
    return () => {
      clearTimeout(later);
      unsubscribe();
    };
  }, [id, reload]);
  return answer;
}
