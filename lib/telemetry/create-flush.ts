import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';
import type { BoundedBuffer } from './bounded-buffer.ts';
import type { Exporters } from './create-exporters.ts';
import { estimateLogBytes, estimateSpanBytes } from './estimate-bytes.ts';
import { settledWithin } from './settled-within.ts';
import { createSignalQueue, type SignalQueue, type SignalQueueOptions } from './signal-queue.ts';
import { createBufferSource, createCollectionSource } from './signal-sources.ts';

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

export function createFlush(parts: FlushParts): Flush {
  const { exporters, ...common } = parts;
  const { traces, metrics, logs } = exporters;
  const { spans, collect, onDropped } = parts;
  const traceQueue =
    traces &&
    createSignalQueue({
      ...common,
      signal: 'traces',
      exporter: traces,
      ...createBufferSource(spans, estimateSpanBytes),
    });
  const logQueue =
    logs &&
    createSignalQueue({
      ...common,
      signal: 'logs',
      exporter: logs,
      ...createBufferSource(parts.logs, estimateLogBytes),
    });
  const metricQueue =
    metrics &&
    createSignalQueue({
      ...common,
      signal: 'metrics',
      exporter: metrics,
      ...createCollectionSource(collect, (items) => onDropped('metrics', 'buffer_full', items)),
    });
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
