import type { JSX } from 'preact';

/** Takes the room of what is being loaded. */
export function Skeleton({ height, count = 1 }: { height: number; count?: number }): JSX.Element {
  return (
    <div class="stack" aria-busy="true">
      <span class="visually-hidden">Loading</span>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} class="skeleton" style={{ height: `${height}px` }} />
      ))}
    </div>
  );
}
