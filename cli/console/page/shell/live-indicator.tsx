import type { JSX } from 'preact';
import { useConsole } from '../state/console-context.ts';
import type { StreamState } from '../state/live-stream.ts';
import { useStore } from '../state/store.ts';

const LABELS: Record<StreamState, string> = {
  connecting: 'Connecting',
  live: 'Live',
  reconnecting: 'Reconnecting',
};

export function LiveIndicator(): JSX.Element {
  const state = useStore(useConsole().stream.state);
  return (
    <span class="live" data-state={state}>
      <span class="live-dot" />
      <span class="live-label">{LABELS[state]}</span>
    </span>
  );
}
