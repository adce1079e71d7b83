import type { JSX } from 'preact';
import { formatDuration } from '../format/format-duration.ts';
import type { TraceRow } from './arrange-rows.ts';
import { isFailed, keyOf, laneName, laneOf, nameOf } from './describe-row.ts';

/** The waterfall for those who read rather than look. */
export function TraceTable({
  rows,
  startedAt,
}: {
  rows: TraceRow[];
  startedAt: number;
}): JSX.Element {
  return (
    // A region that scrolls has to be reachable by keyboard.
    // biome-ignore lint/a11y/noNoninteractiveTabindex: as above.
    <section class="scroll-x trace-table" tabIndex={0} aria-label="Trace as a table">
      <table class="plain-table">
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Name</th>
            <th scope="col">Service</th>
            <th scope="col" class="number">
              Begins after
            </th>
            <th scope="col" class="number">
              Takes
            </th>
            <th scope="col">Status</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              <td>{laneName(laneOf(row))}</td>
              <td>
                <span class="visually-hidden">level {row.depth + 1}: </span>
                {nameOf(row)}
              </td>
              <td>{row.kind === 'span' ? (row.span.functionName ?? row.span.service) : '–'}</td>
              <td class="number">{formatDuration(row.startedAt - startedAt)}</td>
              <td class="number">{formatDuration(row.endedAt - row.startedAt)}</td>
              <td>{isFailed(row) ? 'failed' : row.kind === 'span' ? 'ok' : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
