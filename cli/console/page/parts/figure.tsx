import type { ComponentChildren, JSX } from 'preact';

/** One number and what it is. */
export function Figure(props: {
  label: string;
  children: ComponentChildren;
  tone?: 'bad' | 'warn' | undefined;
  /** A word more, for the pointer. */
  title?: string;
}): JSX.Element {
  return (
    <div class="figure" data-tone={props.tone} title={props.title}>
      <dt>{props.label}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
