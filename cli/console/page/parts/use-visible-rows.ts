import type { RefObject } from 'preact';
import { useEffect, useLayoutEffect, useState } from 'preact/hooks';

export interface VisibleRows {
  /** The first row to draw. */
  start: number;
  /** The row after the last one to draw. */
  end: number;
}

/** Rows drawn beyond what is seen, for the next turn of the wheel. */
const MARGIN = 10;

/**
 * Which of many rows of one height are in sight. The page scrolls, or `scroller` where it is given;
 * `body` is what the rows are in.
 */
export function useVisibleRows(
  body: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  scroller?: RefObject<HTMLElement | null>,
): VisibleRows {
  const [visible, setVisible] = useState<VisibleRows>({ start: 0, end: Math.min(count, 40) });
  const measure = () => {
    const element = body.current;
    if (element === null) return;
    const frame = scroller?.current?.getBoundingClientRect() ?? { top: 0, height: innerHeight };
    const above = frame.top - element.getBoundingClientRect().top;
    const start = clamp(Math.floor(above / rowHeight) - MARGIN, count);
    const end = clamp(Math.ceil((above + frame.height) / rowHeight) + MARGIN, count);
    setVisible((before) =>
      before.start === start && before.end === end ? before : { start, end },
    );
  };
  useLayoutEffect(measure, [count, rowHeight]);
  useEffect(() => {
    const target: EventTarget = scroller?.current ?? globalThis;
    target.addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      target.removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [count, rowHeight]);
  // Fewer rows than a moment ago: until it is measured again.
  return { start: Math.min(visible.start, count), end: Math.min(visible.end, count) };
}

function clamp(row: number, count: number): number {
  return Math.max(0, Math.min(row, count));
}
