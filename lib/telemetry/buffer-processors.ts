import { createContextKey, type Span } from '@opentelemetry/api';
import type { LogRecordProcessor, ReadableLogRecord } from '@opentelemetry/sdk-logs';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { BoundedBuffer } from './bounded-buffer.ts';

/** TraceFlags.SAMPLED */
const SAMPLED = 1;

/** The state of a worker's attempt, as lib/instrumentation/attempt-state.ts puts it into the context. */
interface AttemptState {
  abandoned: boolean;
  openSpans: Set<Span>;
}

const ATTEMPT = createContextKey('leadline.attempt');

/** Keeps ended, sampled spans for the flush. The SDK's own batches export on timers, which a frozen Lambda does not run. */
export function createSpanBufferProcessor(buffer: BoundedBuffer<ReadableSpan>): SpanProcessor {
  const attempts = new WeakMap<object, AttemptState>();
  return {
    onStart(span, parentContext) {
      const attempt = parentContext.getValue(ATTEMPT) as AttemptState | undefined;
      if (attempt === undefined) return;
      attempts.set(span, attempt);
      attempt.openSpans.add(span);
    },
    onEnd(span) {
      const attempt = attempts.get(span);
      attempt?.openSpans.delete(span as unknown as Span);
      if (attempt?.abandoned) return;
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
