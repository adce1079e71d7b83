import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { BoundedBuffer } from './bounded-buffer.ts';
import type { Exporters } from './create-exporters.ts';
import {
  type Batch,
  createSignalQueue,
  type SignalQueue,
  type SignalQueueOptions,
} from './signal-queue.ts';
import { splitMetrics } from './split-metrics.ts';

export interface FlushParts
  extends Pick<SignalQueueOptions<never>, 'onDropped' | 'onExport' | 'warn'> {
  spans: BoundedBuffer<ReadableSpan>;
  logs: BoundedBuffer<ReadableLogRecord>;
  collect: () => Promise<ResourceMetrics>;
  exporters: Exporters;
}

/** The three signals, sent side by side. */
export interface Flush {
  /**
   * @param withinMs how long the caller waits at most; what is under way goes on.
   * @param metrics whether metrics are collected too.
   */
  flush(withinMs: number, metrics: boolean): Promise<void>;
  /** Resolves when the bytes of what is under way have left, within the bound. */
  written(withinMs: number): Promise<void>;
}

/** A flush never takes longer than this, whatever the backend does. */
export const FLUSH_BOUND_MS = 2_500;
/** What is left of the invocation's time after a flush, so that Lambda never kills it for one. */
export const FLUSH_MARGIN_MS = 200;
/** Keeps a request well under the 1 MB that OneUptime asks for. */
const MAX_ITEMS_PER_REQUEST = 500;
/** As MAX_ITEMS_PER_REQUEST: a point takes some 200 bytes. */
const MAX_POINTS_PER_REQUEST = 5_000;
/** Collections that wait for a backend that is down. */
const MAX_WAITING_COLLECTIONS = 10;

export function createFlush(parts: FlushParts): Flush {
  const { exporters, ...common } = parts;
  const { traces, metrics, logs } = exporters;
  const traceQueue =
    traces &&
    createSignalQueue({ ...common, signal: 'traces', exporter: traces, ...batchesOf(parts.spans) });
  const logQueue =
    logs &&
    createSignalQueue({ ...common, signal: 'logs', exporter: logs, ...batchesOf(parts.logs) });
  const metricQueue =
    metrics &&
    createSignalQueue({ ...common, signal: 'metrics', exporter: metrics, ...collections(parts) });
  const present = (queues: (SignalQueue | undefined)[]) =>
    queues.filter((queue) => queue !== undefined);
  return {
    async flush(withinMs, withMetrics) {
      if (withinMs <= 0) return;
      const queues = present([traceQueue, logQueue, withMetrics ? metricQueue : undefined]);
      await settledWithin(Promise.all(queues.map((queue) => queue.flush())), withinMs);
    },
    async written(withinMs) {
      const queues = present([traceQueue, logQueue, metricQueue]);
      await settledWithin(Promise.all(queues.map((queue) => queue.written())), withinMs);
    },
  };
}

type Source<T> = Pick<SignalQueueOptions<T>, 'take' | 'putBack'>;

function batchesOf<T>(buffer: BoundedBuffer<T>): Source<T[]> {
  return {
    take: async () => {
      const items = buffer.drain();
      const batches: Batch<T[]>[] = [];
      for (let start = 0; start < items.length; start += MAX_ITEMS_PER_REQUEST) {
        const chunk = items.slice(start, start + MAX_ITEMS_PER_REQUEST);
        batches.push({ items: chunk, count: chunk.length });
      }
      return batches;
    },
    putBack: (batches) => {
      if (batches.length > 0) buffer.putBack(batches.flatMap(({ items }) => items));
    },
  };
}

function collections({ collect, onDropped }: FlushParts): Source<ResourceMetrics> {
  let waiting: Batch<ResourceMetrics>[] = [];
  return {
    take: async () => {
      const parts = splitMetrics(await collect(), MAX_POINTS_PER_REQUEST);
      const batches = [...waiting, ...parts.map((items) => ({ items, count: countPoints(items) }))];
      waiting = [];
      return batches;
    },
    putBack: (batches) => {
      const dropped = batches.slice(0, Math.max(0, batches.length - MAX_WAITING_COLLECTIONS));
      for (const { count } of dropped) onDropped('metrics', 'buffer_full', count);
      waiting = batches.slice(dropped.length);
    },
  };
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
