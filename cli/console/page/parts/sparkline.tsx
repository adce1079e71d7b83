import type { JSX } from 'preact';
import { formatMany } from '../format/format-count.ts';

const WIDTH = 180;
const HEIGHT = 28;

/** Attempts over 15 minutes as bars, the failed ones at their foot. */
export function Sparkline({ ended, failed }: { ended: number[]; failed: number[] }): JSX.Element {
  const highest = Math.max(1, ...ended);
  const step = WIDTH / Math.max(1, ended.length);
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, (count / highest) * HEIGHT));
  const bars = (from: (index: number) => number, to: (index: number) => number) =>
    ended
      .map((_, index) => {
        const height = to(index) - from(index);
        if (height <= 0) return '';
        return `M${(index * step).toFixed(1)} ${(HEIGHT - from(index)).toFixed(1)}v${(-height).toFixed(1)}h${step.toFixed(1)}v${height.toFixed(1)}z`;
      })
      .join('');
  const failedHeight = (index: number) => heightOf(failed[index] ?? 0);
  const total = ended.reduce((sum, count) => sum + count, 0);
  const bad = failed.reduce((sum, count) => sum + count, 0);
  const label = `In 15 minutes ${formatMany(total, 'attempt')} ended, ${bad} of them failed`;
  return (
    <svg
      class="sparkline"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={label}
    >
      <title>{label}</title>
      <path class="sparkline-base" d={`M0 ${HEIGHT - 0.5}h${WIDTH}`} />
      <path class="sparkline-good" d={bars(failedHeight, (index) => heightOf(ended[index] ?? 0))} />
      <path class="sparkline-bad" d={bars(() => 0, failedHeight)} />
    </svg>
  );
}
