import type { JSX } from 'preact';
import type { TaskRow } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { Figure } from '../parts/figure.tsx';
import { Icon } from '../parts/icon.tsx';
import { Sparkline } from '../parts/sparkline.tsx';
import { RunList } from '../runs/run-list.tsx';
import { hrefOf } from '../shell/route.ts';
import { useConsole } from '../state/console-context.ts';
import { useStore } from '../state/store.ts';
import { NoTelemetry } from './no-telemetry.tsx';

/** One task: its figures and its recent runs. */
export function TaskPage({ task }: { task: string }): JSX.Element {
  const { settings, tasks } = useConsole();
  const known = useStore(settings).value;
  const row = useStore(tasks).value?.tasks.find((each) => each.task === task);
  return (
    <>
      <p class="crumbs">
        <a href={hrefOf({ page: 'tasks' })}>Tasks</a>
      </p>
      <div class="page-head">
        <div>
          <h1 class="break">{task}</h1>
          {row && (
            <p>
              on the queue{' '}
              <a href={hrefOf({ page: 'runs', filter: { queue: row.queue } })}>{row.queue}</a>
            </p>
          )}
        </div>
        <div class="page-actions">
          <a class="button" href={hrefOf({ page: 'enqueue', task })}>
            <Icon name="enqueue" /> Enqueue one
          </a>
        </div>
      </div>
      {known && !known.telemetry ? (
        <NoTelemetry settings={known} />
      ) : (
        <div class="stack">
          {row && <TaskFigures row={row} />}
          <section class="stack-small" aria-labelledby="runs-of-task">
            <h2 id="runs-of-task">Recent runs</h2>
            <RunList filter={{ task }} />
          </section>
        </div>
      )}
    </>
  );
}

function TaskFigures({ row }: { row: TaskRow }): JSX.Element {
  const { duration, wait, unfinished, duplicates, revoked } = row;
  return (
    <div class="card task-figures">
      <Sparkline ended={row.sparkline} failed={row.failedSparkline} />
      <dl class="figures">
        <Figure label="Started">{formatCount(row.started)}</Figure>
        <Figure label="Completed">{formatCount(row.completed)}</Figure>
        <Figure label="Failed" tone={row.failed > 0 ? 'warn' : undefined}>
          {formatCount(row.failed)}
        </Figure>
        <Figure label="Retried">{formatCount(row.retried)}</Figure>
        <Figure label="Dead" tone={row.dead > 0 ? 'bad' : undefined}>
          {formatCount(row.dead)}
        </Figure>
        {unfinished > 0 && <Figure label="Unfinished">{formatCount(unfinished)}</Figure>}
        {duplicates !== undefined && <Figure label="Duplicates">{formatCount(duplicates)}</Figure>}
        {revoked !== undefined && <Figure label="Revoked">{formatCount(revoked)}</Figure>}
        <Figure label="P50">{formatDuration(duration?.p50)}</Figure>
        <Figure label="P95">{formatDuration(duration?.p95)}</Figure>
        <Figure label="P99">{formatDuration(duration?.p99)}</Figure>
        <Figure label="Wait P50">{formatDuration(wait?.p50)}</Figure>
        <Figure label="Wait P95">{formatDuration(wait?.p95)}</Figure>
      </dl>
    </div>
  );
}
