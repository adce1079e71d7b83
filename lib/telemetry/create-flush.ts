import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { BoundedBuffer } from './bounded-buffer.ts';
import type { Signal } from './config.ts';
import type { Exporters } from './create-exporters.ts';
import { toReason } from './export-reason.ts';
import type { Warn } from './warn.ts';

export interface FlushParts {
  spans: BoundedBuffer<ReadableSpan>;
  logs: BoundedBuffer<ReadableLogRecord>;
  collect: () => Promise<ResourceMetrics>;
  exporters: Exporters;
  onDropped: (signal: Signal, reason: string, items: number) => void;
  warn: Warn;
}

/** A flush never takes longer than this, whatever the backend does. */
export const FLUSH_BOUND_MS = 2_500;
/** What is left of the invocation's time after a flush, so that Lambda never kills it for one. */
const MARGIN_MS = 200;
/** Keeps a request well under the 1 MB that OneUptime asks for. */
const MAX_ITEMS_PER_REQUEST = 500;

/** Sends the three signals side by side, within the bound. Never rejects. */
export function createFlush(parts: FlushParts): (remainingMs: number) => Promise<void> {
  return async (remainingMs) => {
    const boundMs = Math.min(FLUSH_BOUND_MS, remainingMs - MARGIN_MS);
    if (boundMs <= 0) return;
    const exports = [exportMetrics(parts), ...exportSpans(parts), ...exportLogs(parts)];
    await settledWithin(Promise.allSettled(exports), boundMs);
  };
}

function exportSpans({ spans, exporters, ...parts }: FlushParts): Promise<void>[] {
  const items = spans.drain();
  return chunks(items).map((chunk) =>
    send(parts, 'traces', chunk.length, exporters.traces?.(chunk)),
  );
}

function exportLogs({ logs, exporters, ...parts }: FlushParts): Promise<void>[] {
  const items = logs.drain();
  return chunks(items).map((chunk) => send(parts, 'logs', chunk.length, exporters.logs?.(chunk)));
}

async function exportMetrics({ collect, exporters, ...parts }: FlushParts): Promise<void> {
  const metrics = await collect();
  const points = countPoints(metrics);
  if (points > 0) await send(parts, 'metrics', points, exporters.metrics?.(metrics));
}

type SendParts = Pick<FlushParts, 'onDropped' | 'warn'>;

async function send(
  { onDropped, warn }: SendParts,
  signal: Signal,
  items: number,
  sent: Promise<void> | undefined,
): Promise<void> {
  try {
    await sent;
  } catch (error) {
    const reason = toReason(error);
    onDropped(signal, reason, items);
    warn(`Telemetry export failed: ${items} items of ${signal} were given up (${reason}).`);
  }
}

function chunks<T>(items: T[]): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += MAX_ITEMS_PER_REQUEST) {
    result.push(items.slice(start, start + MAX_ITEMS_PER_REQUEST));
  }
  return result;
}

function countPoints(metrics: ResourceMetrics): number {
  return metrics.scopeMetrics
    .flatMap((scope) => scope.metrics)
    .reduce((sum, metric) => sum + metric.dataPoints.length, 0);
}

async function settledWithin(work: Promise<unknown>, boundMs: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const bound = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, boundMs);
  });
  await Promise.race([work, bound]);
  clearTimeout(timer);
}
