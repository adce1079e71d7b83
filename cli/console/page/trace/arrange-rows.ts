import type { Trace, TraceSpan, WaitSegment } from '../../console-api.ts';

/** A line of the waterfall. */
export type TraceRow = { depth: number; startedAt: number; endedAt: number } & (
  | { kind: 'span'; span: TraceSpan }
  | { kind: 'wait'; wait: WaitSegment }
);

/**
 * The spans as a tree, children by their start below their parent, and each wait before the attempt
 * that it was for. Every span is in it once, whatever its parent says: what is sent may be a circle.
 *
 * @param now ends what still waits.
 */
export function arrangeRows({ spans, waits }: Trace, now: number): TraceRow[] {
  const children = childrenByParent(spans);
  const waitsBefore = Map.groupBy(waits, ({ spanId }) => spanId ?? '');
  const rows: TraceRow[] = [];
  const seen = new Set<string>();

  function add(first: TraceSpan, firstDepth: number): void {
    const open = [{ span: first, depth: firstDepth }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { span, depth } = next;
      if (seen.has(span.spanId)) continue;
      seen.add(span.spanId);
      for (const wait of waitsBefore.get(span.spanId) ?? []) rows.push(waitRow(wait, depth, now));
      const { startedAt, endedAt } = span;
      rows.push({ kind: 'span', span, depth, startedAt, endedAt });
      const below = children.get(span.spanId) ?? [];
      for (const child of below.toReversed()) open.push({ span: child, depth: depth + 1 });
    }
  }

  for (const root of children.get(undefined) ?? []) add(root, 0);
  for (const span of spans) add(span, 0);
  for (const wait of waits) {
    if (wait.spanId === undefined || !seen.has(wait.spanId)) rows.push(waitRow(wait, 1, now));
  }
  return rows;
}

/** Those without a parent here are under `undefined`. */
function childrenByParent(spans: TraceSpan[]): Map<string | undefined, TraceSpan[]> {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const sorted = spans.toSorted((a, b) => a.startedAt - b.startedAt);
  return Map.groupBy(sorted, ({ parentSpanId }) =>
    parentSpanId !== undefined && ids.has(parentSpanId) ? parentSpanId : undefined,
  );
}

function waitRow(wait: WaitSegment, depth: number, now: number): TraceRow {
  const { startedAt, endedAt = Math.max(now, startedAt) } = wait;
  return { kind: 'wait', wait, depth, startedAt, endedAt };
}
