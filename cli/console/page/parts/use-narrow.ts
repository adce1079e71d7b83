import { useEffect, useState } from 'preact/hooks';

/** Whether the window is that wide at most, as the style sheets ask for it. @default one column */
export function useNarrow(maxWidthPx = 860): boolean {
  const [query] = useState(() => matchMedia(`(max-width: ${maxWidthPx}px)`));
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, [query]);
  return narrow;
}
