import type { JSX } from 'preact';
import type { Overview } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { Figure } from '../parts/figure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { FirstSteps } from './first-steps.tsx';
import { QueueCard } from './queue-card.tsx';
import { RateFigures } from './rate-figures.tsx';

/** Every queue at a glance. */
export function OverviewPage(): JSX.Element {
  const { value, problem } = useStore(useConsole().overview);
  return (
    <>
      <div class="page-head">
        <div>
          <h1>Overview</h1>
          <p>What waits, what runs and what failed, now and in the last 15 minutes.</p>
        </div>
        <div class="page-actions">
          <a class="button primary" href={hrefOf({ page: 'enqueue' })}>
            <Icon name="enqueue" /> Enqueue a task
          </a>
        </div>
      </div>
      {value && <Queues overview={value} />}
      {!value && problem && <ProblemNotice title="The queues are not known" problem={problem} />}
      {!value && !problem && <Skeleton height={300} count={2} />}
    </>
  );
}

function Queues({ overview }: { overview: Overview }): JSX.Element {
  const { queues, rates, error, at } = overview;
  const sum = (of: 'depth' | 'inFlight' | 'dead') =>
    queues.reduce((total, queue) => total + queue[of], 0);
  const dead = sum('dead');
  return (
    <div class="stack">
      {error && <ProblemNotice title="The queues could not be read" problem={error} />}
      <FirstSteps />
      {queues.length > 0 && (
        <dl class="strip totals" aria-label="All queues together">
          <Figure label="Waiting">{formatCount(sum('depth'))}</Figure>
          <Figure label="In flight">{formatCount(sum('inFlight'))}</Figure>
          <Figure label="Dead" tone={dead > 0 ? 'bad' : undefined}>
            {formatCount(dead)}
          </Figure>
          {rates && <RateFigures rates={rates} />}
        </dl>
      )}
      <div class="cards">
        {queues.map((queue) => (
          <QueueCard key={queue.name} queue={queue} at={at} />
        ))}
      </div>
      {queues.length === 0 && !error && (
        <Notice icon="overview" title="There is no queue yet">
          <p>
            Write a task in <code>functions/tasks</code>: its queue is shown as soon as it is there.
          </p>
        </Notice>
      )}
    </div>
  );
}
