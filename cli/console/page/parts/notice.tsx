import type { ComponentChildren, JSX } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** In the place of what is not there: why, and what to do. */
export function Notice(props: {
  icon: IconName;
  title: string;
  children?: ComponentChildren;
  tone?: 'bad';
}): JSX.Element {
  return (
    <div class="notice" data-tone={props.tone} role={props.tone && 'alert'}>
      <span class="notice-icon">
        <Icon name={props.icon} size={22} />
      </span>
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}

/** What could not be loaded, and a button to try again. */
export function ProblemNotice(props: {
  title: string;
  problem: string;
  onRetry?: (() => void) | undefined;
}): JSX.Element {
  return (
    <Notice icon="warning" tone="bad" title={props.title}>
      <p>{props.problem}</p>
      {props.onRetry && (
        <button type="button" class="button" onClick={props.onRetry}>
          <Icon name="refresh" /> Try again
        </button>
      )}
    </Notice>
  );
}
