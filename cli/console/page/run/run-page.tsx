import type { JSX } from 'preact';
import type { RunDetail } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { formatTime } from '../format/format-time.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Figure } from '../parts/figure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Notice, ProblemNotice } from '../parts/notice.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { StateBadge } from '../parts/state-badge.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { NoTelemetry } from '../tasks/no-telemetry.tsx';
import { RunStory } from './run-story.tsx';
import { TraceLink } from './trace-link.tsx';
import { useRun } from './use-run.ts';

/** Everything that is known of one run. */
export function RunPage({ id }: { id: string }): JSX.Element {
  const known = useStore(useConsole().settings).value;
  const { value: run, problem, reload } = useRun(id);
  if (known && !known.telemetry) return <NoTelemetry settings={known} />;
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf({ page: 'runs', filter: {} })}>Runs</a>
        {run && <a href={hrefOf({ page: 'task', task: run.task })}>{run.task}</a>}
      </p>
      {run && <Head run={run} />}
      {run && <RunStory run={run} />}
      {!run && !problem && <Skeleton height={140} count={3} />}
      {!run && problem?.status === 404 && <Unknown id={id} />}
      {problem && problem.status !== 404 && (
        <ProblemNotice
          title="The run could not be loaded"
          problem={problem.message}
          onRetry={reload}
        />
      )}
    </>
  );
}

function Head({ run }: { run: RunDetail }): JSX.Element {
  const { id, task, queue, state, attempts, enqueuedAt, waitMs, durationMs, traceId } = run;
  return (
    <>
      <div class="page-head run-head">
        <div>
          <h1 class="break">{task}</h1>
          <p class="with-copy">
            <span class="mono break">{id}</span>
            <CopyButton text={id} what="the run's id" />
          </p>
        </div>
        <span class="run-state" aria-live="polite">
          <StateBadge state={state} />
        </span>
      </div>
      <dl class="strip">
        <Figure label="Queue">
          <a href={hrefOf({ page: 'runs', filter: { queue } })}>{queue}</a>
        </Figure>
        <Figure label="Enqueued">{enqueuedAt === undefined ? '–' : formatTime(enqueuedAt)}</Figure>
        <Figure label="Waited" title="From when it could be taken to the first attempt">
          {formatDuration(waitMs)}
        </Figure>
        <Figure label="Took" title="The last attempt that ended">
          {formatDuration(durationMs)}
        </Figure>
        <Figure label="Attempts">{formatCount(attempts)}</Figure>
        {traceId !== undefined && (
          <Figure label="Trace">
            <span class="with-copy">
              <TraceLink traceId={traceId} />
              <CopyButton text={traceId} what="the trace id" />
            </span>
          </Figure>
        )}
      </dl>
    </>
  );
}

function Unknown({ id }: { id: string }): JSX.Element {
  const maxRuns = useStore(useConsole().settings).value?.maxRuns;
  return (
    <Notice icon="search" title="There is no such run">
      <p>
        <span class="mono break">{id}</span> is not known here
        {maxRuns !== undefined && `: the last ${maxRuns.toLocaleString('en')} runs are kept`}. Look
        at <a href={hrefOf({ page: 'runs', filter: {} })}>those that are</a>, or{' '}
        <a href={hrefOf({ page: 'enqueue' })}>
          enqueue a task <Icon name="arrow" size={13} />
        </a>
      </p>
    </Notice>
  );
}
