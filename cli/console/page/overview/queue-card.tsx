import type { JSX } from 'preact';
import type { QueueCard as Queue } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { formatAge } from '../format/format-duration.ts';
import { formatTime } from '../format/format-time.ts';
import { Figure } from '../parts/figure.tsx';
import { Badge } from '../parts/state-badge.tsx';
import { hrefOf } from '../shell/route.ts';
import { DepthChart } from './depth-chart.tsx';
import { activeWorkers, describeQueue } from './queue-state.ts';
import { RateFigures } from './rate-figures.tsx';

export function QueueCard({ queue, at }: { queue: Queue; at: number }): JSX.Element {
  const { name, sqsName, fifo, depth, inFlight, delayed, dead, dlq, oldestAgeSeconds } = queue;
  const { label, icon, tone } = describeQueue(queue);
  const workers = activeWorkers(queue);
  const id = `queue-${name}`;
  return (
    <section class="card queue-card" aria-labelledby={id}>
      <header>
        <div class="queue-name">
          <h2 id={id}>
            <a href={hrefOf({ page: 'runs', filter: { queue: name } })}>{name}</a>
          </h2>
          <p class="muted ellipsis" title={sqsName}>
            {sqsName}
            {fifo && ' · FIFO'}
          </p>
        </div>
        <Badge tone={tone} icon={icon}>
          {label}
        </Badge>
        {/* Working and idle come and go: they are seen, and not read out. */}
        <span class="visually-hidden" aria-live="polite">
          {tone === 'warn' || tone === 'bad' ? `${name}: ${label}` : ''}
        </span>
      </header>
      {queue.error && (
        <p class="inline-problem">
          {queue.error}
          {queue.readAt > 0 && ` The figures are those of ${formatTime(queue.readAt)}.`}
        </p>
      )}
      <div class="queue-depth">
        <p class="depth-now">
          <strong>{formatCount(depth)}</strong>
          <span>waiting</span>
        </p>
        <DepthChart history={queue.history} at={at} name={name} />
      </div>
      <dl class="figures">
        <Figure label="In flight">{formatCount(inFlight)}</Figure>
        <Figure label="Delayed">{formatCount(delayed)}</Figure>
        <Figure label="Dead" tone={dead > 0 ? 'bad' : undefined}>
          {dlq === undefined ? '–' : <DeadLink queue={name} dead={dead} />}
        </Figure>
        <Figure label="Oldest" title="Since when the oldest message waits">
          {oldestAgeSeconds === undefined ? '–' : formatAge(oldestAgeSeconds)}
        </Figure>
        <Figure label="Workers" title="Instances that run">
          {workers === undefined ? '–' : formatCount(workers)}
        </Figure>
      </dl>
      {queue.rates && (
        <dl class="figures last-minute" aria-label="In the last minute">
          <RateFigures rates={queue.rates} />
        </dl>
      )}
    </section>
  );
}

function DeadLink({ queue, dead }: { queue: string; dead: number }): JSX.Element {
  return (
    <a
      href={hrefOf({ page: 'dead-letters', queue })}
      aria-label={`${dead} dead letters of ${queue}`}
    >
      {formatCount(dead)}
    </a>
  );
}
