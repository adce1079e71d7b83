import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { BoundedBuffer } from './bounded-buffer.ts';

/** TraceFlags.SAMPLED */
const SAMPLED = 1;

/** Keeps ended, sampled spans for the flush. The SDK's own batches export on timers, which a frozen Lambda does not run. */
export function createSpanBufferProcessor(buffer: BoundedBuffer<ReadableSpan>): SpanProcessor {
  return {
    onStart() {},
    onEnd(span) {
      if ((span.spanContext().traceFlags & SAMPLED) !== 0) buffer.add(span);
    },
    async forceFlush() {},
    async shutdown() {},
  };
}

/** The same for log records. */
export function createLogBufferProcessor(
  buffer: BoundedBuffer<ReadableLogRecord>,
): LogRecordProcessor {
  return {
    onEmit(record) {
      buffer.add(record);
    },
    async forceFlush() {},
    async shutdown() {},
  };
}
