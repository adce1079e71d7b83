import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import type { RunSummary } from '../../console-api.ts';
import { formatDuration } from '../format/format-duration.ts';
import { formatAgo, formatTime } from '../format/format-time.ts';
import { StateBadge } from '../parts/state-badge.tsx';
import { useNarrow } from '../parts/use-narrow.ts';
import { useNow } from '../parts/use-now.ts';
import { useVisibleRows } from '../parts/use-visible-rows.ts';
import { hrefOf } from '../shell/route.ts';

/** As in tables.css. */
const ROW_HEIGHT = { wide: 48, narrow: 84 };
const CARDS_UP_TO_PX = 1_080;
/** Rows before the end at which older ones are asked for. */
const NEAR_END = 60;

/** A table of any length: of its rows only those in sight are in the document. */
export function RunTable(props: {
  runs: readonly RunSummary[];
  hasOlder: boolean;
  onNearEnd: () => void;
}): JSX.Element {
  const { runs, hasOlder, onNearEnd } = props;
  const now = useNow();
  const rowHeight = ROW_HEIGHT[useNarrow(CARDS_UP_TO_PX) ? 'narrow' : 'wide'];
  const body = useRef<HTMLTableSectionElement>(null);
  const { start, end } = useVisibleRows(body, runs.length, rowHeight);
  useStandingStill(body, runs, rowHeight);
  useEffect(() => {
    if (hasOlder && end > runs.length - NEAR_END) onNearEnd();
  }, [end, runs.length, hasOlder]);
  return (
    <table class="table run-table" aria-rowcount={hasOlder ? -1 : runs.length + 1}>
      <caption class="visually-hidden">Runs, the newest first, with a link to each</caption>
      <thead>
        <tr aria-rowindex={1}>
          <th scope="col">State</th>
          <th scope="col">Task</th>
          <th scope="col">Run</th>
          <th scope="col">Error</th>
          <th scope="col" class="number">
            Attempts
          </th>
          <th scope="col" class="number">
            Waited
          </th>
          <th scope="col" class="number">
            Took
          </th>
          <th scope="col" class="number">
            Enqueued
          </th>
        </tr>
      </thead>
      <Gap height={start * rowHeight} top={body} />
      <tbody>
        {runs.slice(start, end).map((run, index) => (
          <Row key={run.id} run={run} index={start + index} now={now} />
        ))}
      </tbody>
      <Gap height={(runs.length - end) * rowHeight} />
    </table>
  );
}

/** Takes the room of the rows that are not drawn. */
function Gap(props: {
  height: number;
  top?: RefObject<HTMLTableSectionElement | null>;
}): JSX.Element {
  const { height, top } = props;
  return (
    <tbody class="gap" aria-hidden="true" {...(top && { ref: top })}>
      <tr style={{ height: `${height}px` }}>
        {/* One cell, whatever the width: a style sheet hides columns, and a span would bring them back. */}
        <td />
      </tr>
    </tbody>
  );
}

function Row({ run, index, now }: { run: RunSummary; index: number; now: number }): JSX.Element {
  const { id, task, state, attempts, enqueuedAt, waitMs, durationMs, error } = run;
  const failure = error && `${error.type}: ${error.message}`;
  return (
    <tr aria-rowindex={index + 2}>
      <td class="cell-state">
        <StateBadge state={state} />
      </td>
      <td class="cell-task ellipsis">{task}</td>
      <td class="cell-id">
        <a
          class="row-link mono ellipsis"
          href={hrefOf({ page: 'run', id })}
          aria-label={`Run ${id}`}
        >
          {shortId(id)}
        </a>
      </td>
      <td class="cell-error ellipsis" title={failure}>
        {failure}
      </td>
      <td class="number" data-label="attempts">
        {attempts}
      </td>
      <td class="number" data-label="waited">
        {formatDuration(waitMs)}
      </td>
      <td class="number" data-label="took">
        {formatDuration(durationMs)}
      </td>
      <td
        class="number cell-time"
        title={enqueuedAt === undefined ? undefined : formatTime(enqueuedAt)}
      >
        {enqueuedAt === undefined ? '–' : formatAgo(enqueuedAt, now)}
      </td>
    </tr>
  );
}

/** The end of a UUID v7 is what differs between neighbours. */
function shortId(id: string): string {
  return id.length > 14 ? `…${id.slice(-12)}` : id;
}

/** Whoever has scrolled down keeps their rows where they are while new ones come above. */
function useStandingStill(
  body: { current: HTMLElement | null },
  runs: readonly RunSummary[],
  rowHeight: number,
): void {
  const before = useRef(runs);
  useLayoutEffect(() => {
    const first = before.current[0];
    before.current = runs;
    const top = body.current?.getBoundingClientRect().top ?? 0;
    if (first === undefined || top > 0) return;
    const added = runs.findIndex(({ id }) => id === first.id);
    if (added > 0) scrollBy(0, added * rowHeight);
  }, [runs]);
}
