import type { TraceSpan, WaitSegment } from '../../console-api.ts';
import { formatDuration } from '../format/format-duration.ts';
import type { TraceRow } from './arrange-rows.ts';

/** Where a line of the waterfall belongs, as a word. */
export type Lane = TraceSpan['leg'] | 'wait';

const LANES: Record<Lane, string> = {
  http: 'HTTP',
  queue: 'Queue',
  worker: 'Worker',
  wait: 'Waiting',
};

export function laneOf(row: TraceRow): Lane {
  return row.kind === 'wait' ? 'wait' : row.span.leg;
}

export function laneName(lane: Lane): string {
  return LANES[lane] ?? lane;
}

export function nameOf(row: TraceRow): string {
  if (row.kind === 'span') return row.span.name;
  const { queue, attempt, startedAt, endedAt } = row.wait;
  const still = endedAt === undefined ? ', still' : '';
  switch (kindOf(row.wait)) {
    case 'backoff':
      return `backoff before attempt ${attempt}${still}`;
    case 'redriven':
      return endedAt === undefined
        ? 'in the dead-letter queue, or redriven'
        : `in the dead-letter queue, redriven after ${formatDuration(endedAt - startedAt)}`;
    default:
      return `on ${queue}${still}`;
  }
}

/** A server of another version may know more kinds: those are plain waits. */
export function kindOf({ kind }: WaitSegment): string {
  return kind;
}

export function isFailed(row: TraceRow): boolean {
  return row.kind === 'span' && row.span.status === 'error';
}

/** Stays the same while rows come and go. */
export function keyOf(row: TraceRow): string {
  if (row.kind === 'span') return row.span.spanId;
  // Not by its attempt: a redrive counts from 1 again.
  return `wait-${row.wait.taskId}-${row.wait.startedAt}`;
}
