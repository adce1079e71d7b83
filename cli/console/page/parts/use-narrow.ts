import { useEffect, useState } from 'preact/hooks';

const query = matchMedia('(max-width: 860px)');

/** Whether there is room for one column only, as in the style sheets. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(query.matches);
  useEffect(() => {
    const changed = () => setNarrow(query.matches);
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }, []);
  return narrow;
}
