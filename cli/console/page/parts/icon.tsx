import type { JSX } from 'preact';

const PATHS = {
  overview: 'M2.5 9.5h4v4h-4zM9.5 2.500h4v11h-4zM2.5 2.500h4v4h-4z',
  tasks: 'M2.5 4h11M2.5 8h11M2.5 12h7',
  runs: 'M2.5 3.500h5M4.5 8h6M8.5 12.500h5',
  dead: 'M8 2.5 14 13.500H2zM8 6.500v3M8 11.400v.1',
  enqueue: 'M8 3v10M3 8h10',
  search: 'M7 11.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5',
  sun: 'M8 10.800a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.600zM8 1.500v1.300M8 13.200v1.300M1.5 8h1.300M13.2 8h1.300M3.4 3.400l.9.9M11.7 11.700l.9.9M3.4 12.600l.9-.9M11.7 4.300l.9-.9',
  moon: 'M13.3 9.700A5.7 5.7 0 0 1 6.3 2.700a5.7 5.7 0 1 0 7 7z',
  system: 'M2 3h12v8H2zM6 13.500h4',
  check: 'M3.5 8.5 6.5 11.5 12.5 4.8',
  cross: 'M4.5 4.500l7 7M11.5 4.500l-7 7',
  retry: 'M12.8 6.500A5 5 0 1 0 13 9M13 3v3.500H9.5',
  clock: 'M8 13.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 5v3.200L10 9.5',
  ring: 'M8 12.500a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9z',
  play: 'M5.5 3.800v8.400L12 8z',
  pause: 'M5.5 4v8M10.5 4v8',
  ban: 'M8 13.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM4.2 4.200l7.6 7.6',
  cut: 'M3 8h3M10 8h3M7.5 5l-1 6M9.5 5l-1 6',
  twice: 'M5.5 5.500v-3h8v8h-3M2.5 5.500h8v8h-8z',
  copy: 'M5.5 5.500v-3h8v8h-3M2.5 5.500h8v8h-8z',
  warning: 'M8 2.5 14 13.500H2zM8 6.500v3M8 11.400v.1',
  info: 'M8 13.500a5.5 5.5 0 1 0 0-11 5.5 5.5 0 0 0 0 11zM8 7.500v3.300M8 5.200v.1',
  debug: 'M4 8h8',
  arrow: 'M3 8h10M9 4l4 4-4 4',
  outward: 'M6 3.500H3v9.500h9.500v-3M9 3h4v4M13 3 7.5 8.5',
  refresh: 'M12.8 6.500A5 5 0 1 0 13 9M13 3v3.500H9.5',
  trash: 'M3 4.500h10M6.5 4.500v-2h3v2M4.5 4.500l.6 9h5.800l.6-9',
} as const;

export type IconName = keyof typeof PATHS;

/** Beside words that say the same: hidden from screen readers. */
export function Icon({ name, size = 16 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg
      class="icon"
      width={size}
      height={size}
      viewBox="0 0 16 16"
      fill="none"
      stroke="currentColor"
      stroke-width="1.6"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
