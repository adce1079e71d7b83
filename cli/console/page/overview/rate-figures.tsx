import type { JSX } from 'preact';
import type { Rates } from '../../console-api.ts';
import { formatRate, formatShare } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { Figure } from '../parts/figure.tsx';

export function RateFigures({ rates }: { rates: Rates }): JSX.Element {
  const { tasksPerSecond, failureRate, p50Ms, p95Ms } = rates;
  return (
    <>
      <Figure label="Tasks/s" title="Attempts that ended, a second, in the last minute">
        {formatRate(tasksPerSecond)}
      </Figure>
      <Figure
        label="Failed"
        title="Of the attempts that ended in the last minute"
        tone={failureRate > 0 ? 'warn' : undefined}
      >
        {formatShare(failureRate)}
      </Figure>
      <Figure label="P50" title="Half of the attempts took no longer">
        {formatDuration(p50Ms)}
      </Figure>
      <Figure label="P95" title="95 of 100 attempts took no longer">
        {formatDuration(p95Ms)}
      </Figure>
    </>
  );
}
