import { useCallback, useEffect, useRef } from 'preact/hooks';

/**
 * Does it at once, or as soon as `everyMs` are over since the last time. The component's first
 * rendering counts as one: what it shows was asked for then.
 */
export function usePaced(action: () => void, everyMs: number): () => void {
  const lastAt = useRef(Date.now());
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(() => {
    clearTimeout(timer.current);
    const waitMs = Math.max(0, lastAt.current + everyMs - Date.now());
    timer.current = setTimeout(() => {
      lastAt.current = Date.now();
      action();
    }, waitMs);
  }, [action, everyMs]);
}
