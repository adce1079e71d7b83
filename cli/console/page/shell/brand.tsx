import type { JSX } from 'preact';
import { hrefOf } from './route.ts';

/** A lead on its line, with the marks by which the depth is read. */
export function Brand(): JSX.Element {
  return (
    <a class="brand" href={hrefOf({ page: 'overview' })}>
      <svg width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="9" fill="currentColor" />
        <g stroke="var(--on-accent)" stroke-linecap="round" fill="none">
          <path d="M16 5v12" stroke-width="2" />
          <path d="M12.5 8.5h7M13.5 12.500h5" stroke-width="1.6" opacity=".65" />
        </g>
        <path
          d="M16 16c2.4 2.7 3.7 4.8 3.7 6.700a3.7 3.7 0 0 1-7.4 0c0-1.9 1.3-4 3.7-6.700z"
          fill="var(--on-accent)"
        />
      </svg>
      <span>Leadline</span>
    </a>
  );
}
