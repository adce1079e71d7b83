import type { TraceRow } from './arrange-rows.ts';

export interface TimeScale {
  /** 0 to 1 from left to right. */
  at(time: number): number;
  /** Where time is shortened, from left to right, with how long it really was. */
  breaks: { from: number; to: number; ms: number }[];
  /** What may stand on the axis, from left to right, with ms since the start. */
  ticks: Tick[];
  startedAt: number;
  totalMs: number;
}

export interface Tick {
  x: number;
  ms: number;
}

interface Piece {
  from: number;
  to: number;
  /** What of the width it gets, before all are made to fit. */
  weight: number;
  isBreak: boolean;
}

/** Of the width, for each stretch in which nothing ran. */
const BREAK_SHARE = 0.08;
const LARGEST_SHARE_OF_BREAKS = 0.4;
/** A stretch is shortened when it is longer than this part of all in which something ran. */
const WORTH_SHORTENING = 0.25;
const TICKS = 5;
/** What a label takes of the axis. */
const LABEL_PX = 64;

/**
 * Where a time is in the waterfall. A backoff of minutes would make slivers of spans of milliseconds:
 * with `shorten`, long stretches in which no span was open are drawn short.
 */
export function createTimeScale(rows: readonly TraceRow[], shorten: boolean): TimeScale {
  const startedAt = Math.min(...rows.map((row) => row.startedAt));
  const endedAt = Math.max(...rows.map((row) => row.endedAt));
  const pieces = shorten
    ? cut(rows, startedAt, endedAt)
    : [{ from: startedAt, to: endedAt, weight: 1, isBreak: false }];
  const placed = place(pieces);
  const at = (time: number): number => {
    const piece = placed.find(({ to }) => time <= to) ?? placed.at(-1);
    if (piece === undefined) return 0;
    const { from, to, x0, x1 } = piece;
    const part = to === from ? 0 : (time - from) / (to - from);
    return x0 + Math.max(0, Math.min(1, part)) * (x1 - x0);
  };
  return {
    at,
    breaks: placed
      .filter(({ isBreak }) => isBreak)
      .map(({ from, to, x0, x1 }) => ({ from: x0, to: x1, ms: to - from })),
    ticks: ticksOf(placed, startedAt),
    startedAt,
    totalMs: endedAt - startedAt,
  };
}

/** Those whose labels have room beside each other on an axis of that width. */
export function fittingTicks(ticks: readonly Tick[], widthPx: number): Tick[] {
  const fitting: Tick[] = [];
  for (const tick of ticks) {
    const last = fitting.at(-1);
    if (last === undefined || (tick.x - last.x) * widthPx >= LABEL_PX) fitting.push(tick);
  }
  return fitting;
}

/** Stretches with a span in them, and breaks between. */
function cut(rows: readonly TraceRow[], startedAt: number, endedAt: number): Piece[] {
  const busy = busyStretches(rows);
  const busyMs = busy.reduce((sum, { from, to }) => sum + to - from, 0);
  const pieces: Piece[] = [];
  let last = startedAt;
  const addUpTo = (to: number, isIdle: boolean) => {
    if (to <= last) return;
    const ms = to - last;
    const isBreak = isIdle && busyMs > 0 && ms > busyMs * WORTH_SHORTENING;
    const before = pieces.at(-1);
    if (!isBreak && before?.isBreak === false) {
      before.to = to;
      before.weight += ms;
    } else {
      pieces.push({ from: last, to, weight: isBreak ? 0 : ms, isBreak });
    }
    last = to;
  };
  for (const { from, to } of busy) {
    addUpTo(from, true);
    addUpTo(to, false);
  }
  addUpTo(endedAt, true);
  return pieces;
}

function busyStretches(rows: readonly TraceRow[]): { from: number; to: number }[] {
  const stretches: { from: number; to: number }[] = [];
  const spans = rows.filter(({ kind }) => kind === 'span');
  for (const { startedAt, endedAt } of spans.sort((a, b) => a.startedAt - b.startedAt)) {
    const last = stretches.at(-1);
    if (last !== undefined && startedAt <= last.to) last.to = Math.max(last.to, endedAt);
    else stretches.push({ from: startedAt, to: endedAt });
  }
  return stretches;
}

type Placed = Piece & { x0: number; x1: number };

function place(pieces: Piece[]): Placed[] {
  const breaks = pieces.filter(({ isBreak }) => isBreak).length;
  const breakShare = Math.min(BREAK_SHARE, LARGEST_SHARE_OF_BREAKS / Math.max(1, breaks));
  const weights = pieces.reduce((sum, { weight }) => sum + weight, 0);
  const rest = 1 - breaks * breakShare;
  let x = 0;
  return pieces.map((piece) => {
    const share = piece.isBreak ? breakShare : (rest * piece.weight) / (weights || 1);
    const x0 = x;
    x += share;
    return { ...piece, x0, x1: x };
  });
}

function ticksOf(placed: Placed[], startedAt: number): Tick[] {
  const [only] = placed;
  if (only !== undefined && placed.length === 1) {
    return Array.from({ length: TICKS }, (_, index) => ({
      x: index / TICKS,
      ms: ((only.to - only.from) * index) / TICKS,
    }));
  }
  return placed
    .filter(({ isBreak }) => !isBreak)
    .map(({ x0, from }) => ({ x: x0, ms: from - startedAt }));
}
