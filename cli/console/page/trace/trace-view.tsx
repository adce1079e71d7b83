import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Trace } from '../../console-api.ts';
import { formatMany } from '../format/format-count.ts';
import { formatDuration } from '../format/format-duration.ts';
import { useNow } from '../parts/use-now.ts';
import { arrangeRows } from './arrange-rows.ts';
import { keyOf, type Lane, laneName } from './describe-row.ts';
import { RowDetails } from './row-details.tsx';
import { createTimeScale } from './time-scale.ts';
import { TraceTable } from './trace-table.tsx';
import { Waterfall } from './waterfall.tsx';

const LANES: readonly Lane[] = ['http', 'queue', 'worker', 'wait'];

/** A trace as a waterfall or a table, with what is chosen in it in full. */
export function TraceView({ trace }: { trace: Trace }): JSX.Element {
  const [asTable, setAsTable] = useState(false);
  const [shorten, setShorten] = useState(true);
  const [chosen, setChosen] = useState<string>();
  const waits = trace.waits.some(({ endedAt }) => endedAt === undefined);
  const now = useNow(waits);
  const rows = useMemo(() => arrangeRows(trace, now), [trace, waits && now]);
  const scale = useMemo(() => createTimeScale(rows, shorten), [rows, shorten]);
  const row = rows.find((each) => keyOf(each) === chosen);
  const canShorten = useMemo(() => createTimeScale(rows, true).breaks.length > 0, [rows]);
  const waited = rows.reduce((sum, { kind, startedAt, endedAt }) => {
    return kind === 'wait' ? sum + endedAt - startedAt : sum;
  }, 0);

  return (
    <section class="card trace" aria-labelledby="trace">
      <header>
        <div>
          <h2 id="trace">Trace</h2>
          <p class="muted">
            {formatMany(trace.spans.length, 'span')} in {formatDuration(scale.totalMs)}
            {waited > 0 && `, ${formatDuration(waited)} of it waiting`}
            {trace.truncated ? `; ${formatMany(trace.truncated, 'span')} left out` : ''}
          </p>
        </div>
        <div class="page-actions">
          {canShorten && !asTable && (
            <label class="check">
              <input
                type="checkbox"
                checked={shorten}
                onChange={({ currentTarget }) => setShorten(currentTarget.checked)}
              />
              Shorten waiting
            </label>
          )}
          <button
            type="button"
            class="button small"
            aria-pressed={asTable}
            onClick={() => setAsTable(!asTable)}
          >
            As a table
          </button>
        </div>
      </header>
      {asTable ? (
        <TraceTable rows={rows} startedAt={scale.startedAt} />
      ) : (
        <>
          <ul class="lanes" aria-label="Legend">
            {LANES.map((lane) => (
              <li key={lane}>
                <span class="swatch" data-lane={lane} />
                {laneName(lane)}
              </li>
            ))}
          </ul>
          <Waterfall rows={rows} scale={scale} chosen={chosen} onChoose={setChosen} />
          {row ? (
            <RowDetails row={row} startedAt={scale.startedAt} />
          ) : (
            <p class="muted hint">Choose a line for its details.</p>
          )}
        </>
      )}
    </section>
  );
}
