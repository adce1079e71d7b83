import { setImmediate as loopTurn } from 'node:timers/promises';
import type { Activity } from './buffer-processors.ts';
import type { FlushMode } from './config.ts';
import { FLUSH_BOUND_MS, FLUSH_MARGIN_MS, type Flush } from './create-flush.ts';
import type { InvokeEvent, LambdaExtension } from './lambda-extension.ts';
import type { Warn } from './warn.ts';

export interface FlushRequest {
  requestId: string;
  remainingMs: number;
}

/** Decides when a flush runs, and what waits for it. */
export interface FlushControl {
  readonly mode: FlushMode;
  /** The handler's end. In before-response mode it resolves after the flush, else at once. */
  flush(request: FlushRequest): Promise<void>;
}

export interface FlushControlOptions {
  mode: FlushMode;
  /** Without one the flush comes before the response. */
  extension: LambdaExtension | undefined;
  flush: Flush;
  activity: Activity;
  warn: Warn;
}

/** Gaps between invocations that must all be short for the export to overlap the next one. */
const GAPS = 3;
const SHORT_GAP_MS = 2_000;
/** In adaptive mode metrics are collected at most so often, unless something failed. */
const COLLECT_INTERVAL_MS = 10_000;
/** How long an overlapping export may take to hand its bytes to the kernel. */
const WRITE_BOUND_MS = 50;

export function createFlushControl(options: FlushControlOptions): FlushControl {
  const { mode, extension, flush } = options;
  if (extension === undefined || mode === 'before-response') {
    return {
      mode: 'before-response',
      flush: ({ remainingMs }) =>
        flush.flush(Math.min(FLUSH_BOUND_MS, remainingMs - FLUSH_MARGIN_MS), true),
    };
  }
  const ends = createHandlerEnds();
  runExtension(extension, ends, options);
  return { mode, flush: async ({ requestId }) => ends.add(requestId) };
}

function runExtension(
  extension: LambdaExtension,
  ends: HandlerEnds,
  options: FlushControlOptions,
): void {
  const { mode, flush, activity, warn } = options;
  const gaps: number[] = [];
  let askedAt = Date.now();
  let collectedAt = Number.NEGATIVE_INFINITY;

  const onInvoke = async ({ requestId, deadlineMs }: InvokeEvent) => {
    activity.onBegin?.();
    gaps.push(Date.now() - askedAt);
    if (gaps.length > GAPS) gaps.shift();
    const stopAt = deadlineMs - FLUSH_MARGIN_MS;
    const ended = await ends.wait(requestId, stopAt - Date.now());
    if (!ended) {
      warn(
        'The handler did not say that it ended: use flushTelemetry. The instance was held for it.',
      );
      return;
    }
    // The runtime posts the response in the microtasks of the handler's end: it goes out first.
    await loopTurn();
    await loopTurn();
    const failed = activity.failed === true;
    activity.failed = false;
    const steady = gaps.length === GAPS && gaps.every((gap) => gap < SHORT_GAP_MS);
    if (mode === 'adaptive' && steady && !failed) {
      const collect = Date.now() - collectedAt >= COLLECT_INTERVAL_MS;
      if (collect) collectedAt = Date.now();
      void flush.flush(FLUSH_BOUND_MS, collect);
      await flush.written(WRITE_BOUND_MS);
    } else {
      collectedAt = Date.now();
      await flush.flush(Math.min(FLUSH_BOUND_MS, stopAt - Date.now()), true);
    }
  };
  extension.run(onInvoke, () => {
    askedAt = Date.now();
  });
}

/** The ends of handlers, which may come before or after their INVOKE event. */
interface HandlerEnds {
  add(requestId: string): void;
  /** @returns false when it did not come in time. */
  wait(requestId: string, withinMs: number): Promise<boolean>;
}

function createHandlerEnds(): HandlerEnds {
  const ended = new Set<string>();
  let waiting: { requestId: string; resolve: (ended: boolean) => void } | undefined;
  return {
    add(requestId) {
      if (waiting?.requestId === requestId) waiting.resolve(true);
      else ended.add(requestId);
    },
    wait(requestId, withinMs) {
      const already = ended.has(requestId);
      // Ends of other invocations are over: a handler may say its end after it was given up on.
      ended.clear();
      if (already) return Promise.resolve(true);
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(false), Math.max(0, withinMs));
        const settle = (value: boolean) => {
          clearTimeout(timer);
          waiting = undefined;
          resolve(value);
        };
        waiting = { requestId, resolve: settle };
      });
    },
  };
}
