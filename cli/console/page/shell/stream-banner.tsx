import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';

/** A connection that is back at once is nothing to speak of. */
const PATIENCE_MS = 1_500;

/** Says that what is shown may be old, and what is done about it. */
export function StreamBanner(): JSX.Element {
  const { stream } = useConsole();
  const state = useStore(stream.state);
  const [lost, setLost] = useState(false);
  useEffect(() => {
    if (state !== 'reconnecting') return setLost(false);
    const timer = setTimeout(() => setLost(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [state]);
  return (
    <div aria-live="polite">
      {lost && (
        <p class="banner">
          <Icon name="warning" />
          <span>
            <strong>Reconnecting.</strong> The figures are those of before the connection broke. Is{' '}
            <code>npm start</code>, or <code>leadline console</code>, still running?
          </span>
        </p>
      )}
    </div>
  );
}
