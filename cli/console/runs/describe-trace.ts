import type { Trace, TraceSpan, WaitSegment } from '../console-api.ts';
import { type AttemptEntry, type RunEntry, summarizeRun } from './run-entry.ts';
import type { StoredSpan, TraceStore } from './trace-store.ts';

const MAX_SPANS = 1_000;

/**
 * The trace that a run began in, with its attempts also where they have traces of their own
 * (`LEADLINE_TRACE_MODE=link`), and with the times in which it waited.
 */
export function describeTrace(
  entry: RunEntry,
  attempts: readonly AttemptEntry[],
  traces: Pick<TraceStore, 'get'>,
): Trace | undefined {
  const { traceId } = entry;
  const trace = traceId === undefined ? undefined : traces.get(traceId);
  const elsewhere = attempts.filter((attempt) => attempt.traceId !== traceId);
  const linked = elsewhere.flatMap(({ traceId: other = '', spanId = '' }) =>
    below(spanId, [...(traces.get(other)?.spans.values() ?? [])]),
  );
  const spans = [...(trace?.spans.values() ?? []), ...linked];
  if (traceId === undefined || spans.length === 0) return undefined;
  const told = tellLegs(spans);
  const truncated = (trace?.dropped ?? 0) + Math.max(0, told.length - MAX_SPANS);
  return {
    traceId,
    spans: told.slice(0, MAX_SPANS),
    waits: findWaits(entry, attempts),
    ...(truncated > 0 && { truncated }),
  };
}

/** A span and what is below it. */
function below(spanId: string, spans: readonly StoredSpan[]): StoredSpan[] {
  const children = Map.groupBy(spans, ({ parentSpanId }) => parentSpanId);
  const found = spans.filter((span) => span.spanId === spanId);
  // The list grows while it is walked; a set of ids, since a sender may make a circle.
  const seen = new Set([spanId]);
  for (const { spanId: parent } of found) {
    for (const child of children.get(parent) ?? []) {
      if (seen.has(child.spanId)) continue;
      seen.add(child.spanId);
      found.push(child);
    }
  }
  return found;
}

type Place = Pick<TraceSpan, 'leg' | 'taskId' | 'attempt'> & { depth: number };

function tellLegs(spans: readonly StoredSpan[]): TraceSpan[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const places = new Map<string, Place>();
  for (const span of spans) {
    // Up to the first ancestor whose place is known, and down again: each span is looked at once.
    const path: StoredSpan[] = [];
    const onPath = new Set<string>();
    let at: StoredSpan | undefined = span;
    while (at !== undefined && !places.has(at.spanId) && !onPath.has(at.spanId)) {
      path.push(at);
      onPath.add(at.spanId);
      at = at.parentSpanId === undefined ? undefined : byId.get(at.parentSpanId);
    }
    let above = at && places.get(at.spanId);
    for (const each of path.toReversed()) {
      above = placeOf(each, above);
      places.set(each.spanId, above);
    }
  }
  const depthOf = ({ spanId }: StoredSpan) => (places.get(spanId) as Place).depth;
  return spans
    .toSorted(
      (a, b) => a.startedAt - b.startedAt || depthOf(a) - depthOf(b) || a.endedAt - b.endedAt,
    )
    .map((span) => {
      const { depth: _, ...place } = places.get(span.spanId) as Place;
      return { ...span, ...place };
    });
}

function placeOf({ kind, attributes }: StoredSpan, above: Place | undefined): Place {
  const { 'task.id': taskId, 'task.attempt': attempt } = attributes;
  const depth = (above?.depth ?? -1) + 1;
  if (kind === 'consumer' && typeof taskId === 'string') {
    return { leg: 'worker', taskId, attempt: Number(attempt) || 1, depth };
  }
  const { leg = 'http', ...attempted } = { ...above, depth };
  // What a task sends on is its own work, until the next worker takes it.
  const isMessaging = attributes['messaging.system'] !== undefined;
  if (isMessaging && (kind === 'producer' || kind === 'client'))
    return { ...attempted, leg: 'queue' };
  return { ...attempted, leg: leg === 'queue' ? 'http' : leg };
}

const ENDED: ReadonlySet<string> = new Set(['completed', 'dead', 'revoked', 'expired']);

function findWaits(entry: RunEntry, attempts: readonly AttemptEntry[]): WaitSegment[] {
  const { id: taskId, queue, droppedAttempts } = entry;
  const waits: WaitSegment[] = [];
  let before = droppedAttempts > 0 ? undefined : (entry.sentAt ?? entry.enqueuedAt);
  let kind: WaitSegment['kind'] = 'queue';
  for (const { startedAt, endedAt, attempt, spanId, outcome } of attempts) {
    if (before !== undefined && startedAt !== undefined && startedAt > before) {
      waits.push({
        kind,
        startedAt: before,
        endedAt: startedAt,
        attempt,
        taskId,
        queue,
        ...(spanId !== undefined && { spanId }),
      });
    }
    before = endedAt;
    kind = outcome === 'dead' ? 'redriven' : 'backoff';
  }
  const { state } = summarizeRun(entry);
  if (before !== undefined && !ENDED.has(state) && state !== 'running') {
    const attempt = (attempts.at(-1)?.attempt ?? 0) + 1;
    waits.push({ kind, startedAt: before, attempt, taskId, queue });
  }
  return waits;
}
