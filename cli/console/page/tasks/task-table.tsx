import type { JSX } from 'preact';
import type { TaskRow } from '../../console-api.ts';
import { formatCount } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { Sparkline } from '../parts/sparkline.tsx';
import { hrefOf } from '../shell/route.ts';

export function TaskTable({ tasks }: { tasks: TaskRow[] }): JSX.Element {
  return (
    <table class="table task-table">
      <caption class="visually-hidden">Tasks, with a link to the runs of each</caption>
      <thead>
        <tr>
          <th scope="col">Task</th>
          <th scope="col">15 minutes</th>
          {['Started', 'Completed', 'Failed', 'Dead', 'Duration', 'Wait'].map((name) => (
            <th key={name} scope="col" class="number">
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {tasks.map((row) => (
          <Row key={row.task} row={row} />
        ))}
      </tbody>
    </table>
  );
}

function Row({ row }: { row: TaskRow }): JSX.Element {
  const { task, queue, duration, wait } = row;
  const retried = row.retried > 0 ? `${formatCount(row.retried)} retried` : undefined;
  return (
    <tr>
      <th scope="row">
        <a class="row-link" href={hrefOf({ page: 'task', task })}>
          {task}
        </a>
        <span class="muted">{queue}</span>
      </th>
      <td class="cell-sparkline">
        <Sparkline ended={row.sparkline} failed={row.failedSparkline} />
      </td>
      <Cell label="Started">{formatCount(row.started)}</Cell>
      <Cell label="Completed">{formatCount(row.completed)}</Cell>
      <Cell label="Failed" tone={row.failed > 0 ? 'warn' : undefined} more={retried}>
        {formatCount(row.failed)}
      </Cell>
      <Cell label="Dead" tone={row.dead > 0 ? 'bad' : undefined}>
        {formatCount(row.dead)}
      </Cell>
      <Cell label="Duration" more={duration && percentiles(duration)}>
        {formatDuration(duration?.p50)}
      </Cell>
      <Cell label="Wait" more={wait && percentiles(wait)}>
        {formatDuration(wait?.p50)}
      </Cell>
    </tr>
  );
}

/** A figure, and below it what is to be known of it. */
function Cell(props: {
  label: string;
  children: string;
  more?: string | undefined;
  tone?: 'warn' | 'bad' | undefined;
}): JSX.Element {
  const { label, children, more, tone } = props;
  return (
    <td class="number cell-pair" data-label={label}>
      <span data-tone={tone}>{children}</span>
      {more !== undefined && <span class="muted">{more}</span>}
    </td>
  );
}

/** Beside the P50. */
function percentiles({ p95, p99 }: { p95: number; p99?: number }): string {
  const rest = p99 === undefined ? '' : `, P99 ${formatDuration(p99)}`;
  return `P95 ${formatDuration(p95)}${rest}`;
}
