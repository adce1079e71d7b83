import type { JSX, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { formatDuration } from '../format/format-duration.ts';
import { Icon } from '../parts/icon.tsx';
import { useNarrow } from '../parts/use-narrow.ts';
import { useVisibleRows } from '../parts/use-visible-rows.ts';
import type { TraceRow } from './arrange-rows.ts';
import { isFailed, keyOf, laneName, laneOf, nameOf } from './describe-row.ts';
import { fittingTicks, type TimeScale } from './time-scale.ts';
import { useWidth } from './use-width.ts';

/** As in run.css. */
const ROW_HEIGHT = { wide: 30, narrow: 46 };
const AXIS_HEIGHT = 28;
const DEEPEST_INDENT = 12;

/** Lines by time. Of a long trace only those in sight are in the document. */
export function Waterfall(props: {
  rows: readonly TraceRow[];
  scale: TimeScale;
  chosen: string | undefined;
  onChoose: (key: string | undefined) => void;
}): JSX.Element {
  const { rows, scale, chosen, onChoose } = props;
  const rowHeight = ROW_HEIGHT[useNarrow() ? 'narrow' : 'wide'];
  const scroller = useRef<HTMLDivElement>(null);
  const body = useRef<HTMLDivElement>(null);
  const axis = useRef<HTMLDivElement>(null);
  const axisWidth = useWidth(axis);
  const { start, end } = useVisibleRows(body, rows.length, rowHeight, scroller);
  const index = rows.findIndex((row) => keyOf(row) === chosen);

  useEffect(() => {
    const element = scroller.current;
    if (element === null || index < 0) return;
    const top = index * rowHeight;
    const bottom = top + rowHeight;
    if (top < element.scrollTop) element.scrollTop = top;
    const overhang = bottom + AXIS_HEIGHT - element.scrollTop - element.clientHeight;
    if (overhang > 0) element.scrollTop += overhang;
  }, [index]);

  const onKeyDown = (event: TargetedKeyboardEvent<HTMLDivElement>) => {
    const page = Math.max(1, Math.floor(event.currentTarget.clientHeight / rowHeight) - 1);
    const next = nextIndex(event.key, index, page, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    const row = rows[next];
    onChoose(row && keyOf(row));
  };

  return (
    <div class="waterfall">
      <div
        ref={scroller}
        class="rows"
        role="listbox"
        tabIndex={0}
        aria-label="Spans and waits of the trace"
        aria-activedescendant={index < 0 ? undefined : `row-${index}`}
        onKeyDown={onKeyDown}
      >
        <div class="axis" aria-hidden="true">
          <div ref={axis} class="ticks">
            {fittingTicks(scale.ticks, axisWidth).map(({ x, ms }) => (
              <span key={x} style={{ left: `${x * 100}%` }}>
                {formatDuration(ms)}
              </span>
            ))}
          </div>
        </div>
        <div ref={body} class="rows-body" style={{ height: `${rows.length * rowHeight}px` }}>
          {rows.slice(start, end).map((row, offset) => (
            <Row
              key={keyOf(row)}
              row={row}
              index={start + offset}
              count={rows.length}
              top={(start + offset) * rowHeight}
              scale={scale}
              isChosen={start + offset === index}
              onChoose={onChoose}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Undefined: the key is not for us. -1: nothing is chosen any more. */
function nextIndex(key: string, index: number, page: number, count: number): number | undefined {
  const steps: Record<string, number> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
  };
  if (key === 'Escape') return index < 0 ? undefined : -1;
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const step = steps[key];
  if (step === undefined) return undefined;
  return Math.max(0, Math.min(count - 1, index < 0 ? 0 : index + step));
}

function Row(props: {
  row: TraceRow;
  index: number;
  count: number;
  top: number;
  scale: TimeScale;
  isChosen: boolean;
  onChoose: (key: string) => void;
}): JSX.Element {
  const { row, index, count, top, scale, isChosen, onChoose } = props;
  const left = scale.at(row.startedAt) * 100;
  const width = scale.at(row.endedAt) * 100 - left;
  const failed = isFailed(row);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the list box has the focus and hears the keys.
    <div
      class="row"
      id={`row-${index}`}
      role="option"
      tabIndex={-1}
      aria-selected={isChosen}
      aria-setsize={count}
      aria-posinset={index + 1}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onChoose(keyOf(row))}
    >
      <span
        class="row-name"
        style={{ paddingLeft: `${Math.min(row.depth, DEEPEST_INDENT) * 14}px` }}
      >
        {failed && (
          <span class="failed-mark">
            <Icon name="cross" size={13} />
            <span class="visually-hidden">failed</span>
          </span>
        )}
        <span class="visually-hidden">{laneName(laneOf(row))}: </span>
        <span class="ellipsis">{nameOf(row)}</span>
      </span>
      <span class="track">
        {scale.breaks.map(({ from, to }) => (
          <span
            key={from}
            class="break-mark"
            style={{ left: `${from * 100}%`, width: `${(to - from) * 100}%` }}
          />
        ))}
        <span
          class="bar"
          data-lane={laneOf(row)}
          data-failed={failed}
          style={{ left: `${left}%`, width: `${width}%` }}
        />
      </span>
      <span class="row-duration">
        {formatDuration(row.endedAt - row.startedAt)}
        <span class="visually-hidden">
          , begins after {formatDuration(row.startedAt - scale.startedAt)}
        </span>
      </span>
    </div>
  );
}
