import type { TraceSpan } from '../../console-api.ts';
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
  const { kind, queue, attempt, endedAt } = row.wait;
  const still = endedAt === undefined ? ', still' : '';
  return kind === 'backoff' ? `backoff before attempt ${attempt}${still}` : `on ${queue}${still}`;
}

export function isFailed(row: TraceRow): boolean {
  return row.kind === 'span' && row.span.status === 'error';
}

/** Stays the same while rows come and go. */
export function keyOf(row: TraceRow): string {
  if (row.kind === 'span') return row.span.spanId;
  return `wait-${row.wait.taskId}-${row.wait.attempt}-${row.wait.kind}`;
}
