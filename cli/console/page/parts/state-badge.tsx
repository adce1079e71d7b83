import type { JSX } from 'preact';
import type { AttemptOutcome, RunState } from '../../console-api.ts';
import { Icon, type IconName } from './icon.tsx';

export type Tone = 'good' | 'warn' | 'bad' | 'active' | 'quiet';

const LOOKS: Record<RunState | AttemptOutcome, { label: string; icon: IconName; tone: Tone }> = {
  queued: { label: 'Queued', icon: 'ring', tone: 'quiet' },
  running: { label: 'Running', icon: 'play', tone: 'active' },
  retrying: { label: 'Retrying', icon: 'retry', tone: 'warn' },
  retry: { label: 'Failed, retried', icon: 'retry', tone: 'warn' },
  completed: { label: 'Completed', icon: 'check', tone: 'good' },
  dead: { label: 'Dead', icon: 'cross', tone: 'bad' },
  unfinished: { label: 'Unfinished', icon: 'cut', tone: 'warn' },
  duplicate: { label: 'Duplicate', icon: 'twice', tone: 'quiet' },
  revoked: { label: 'Revoked', icon: 'ban', tone: 'quiet' },
  expired: { label: 'Expired', icon: 'clock', tone: 'quiet' },
};

/** A state by colour, shape and word. */
export function StateBadge({ state }: { state: RunState | AttemptOutcome }): JSX.Element {
  // A newer server may have a state that we do not know.
  const { label, icon, tone } = LOOKS[state] ?? { label: state, icon: 'ring', tone: 'quiet' };
  return (
    <Badge tone={tone} icon={icon}>
      {label}
    </Badge>
  );
}

export function Badge(props: { tone: Tone; icon: IconName; children: string }): JSX.Element {
  return (
    <span class="badge" data-tone={props.tone}>
      <Icon name={props.icon} size={13} />
      {props.children}
    </span>
  );
}

/** What a state is called where it stands in a sentence or a list to choose from. */
export function labelOf(state: RunState): string {
  return LOOKS[state].label;
}
