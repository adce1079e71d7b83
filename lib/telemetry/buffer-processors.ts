import { type Context, createContextKey, type Span, SpanStatusCode } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { ReadableLogRecord } from '@opentelemetry/sdk-logs';
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
/** On the span itself: a WeakMap of them took 9 µs a message, and longer garbage collections. */
const ATTEMPT_OF = Symbol('leadline.attempt');
interface OfAttempt {
  [ATTEMPT_OF]?: AttemptState;
}

/** What is known of the current invocation. */
export interface Activity {
  /** Called at the first span, and again by whoever sees an invocation begin. */
  onBegin?: () => void;
  /** Set when a span failed, or an error was logged: unsampled spans do not come this way. */
  failed?: boolean;
}

/**
 * Keeps ended, sampled spans for the flush. The SDK's own batches export on timers, which a frozen
 * Lambda does not run.
 *
 * @param buffer undefined where spans have no target: nothing is kept then.
 */
export function createSpanBufferProcessor(
  buffer: BoundedBuffer<ReadableSpan> | undefined,
  activity: Activity = {},
): SpanProcessor {
  let begun = false;
  return {
    onStart(span, parentContext) {
      if (!begun) activity.onBegin?.();
      begun = true;
      const attempt = parentContext.getValue(ATTEMPT) as AttemptState | undefined;
      if (attempt === undefined) return;
      (span as OfAttempt)[ATTEMPT_OF] = attempt;
      attempt.openSpans.add(span);
    },
    onEnd(span) {
      const attempt = (span as OfAttempt)[ATTEMPT_OF];
      attempt?.openSpans.delete(span as unknown as Span);
      if (attempt?.abandoned) return;
      if (span.status.code === SpanStatusCode.ERROR) activity.failed = true;
      if ((span.spanContext().traceFlags & SAMPLED) !== 0) buffer?.add(span);
    },
    async forceFlush() {},
    async shutdown() {},
  };
}

/** Takes the log records: the same for them. */
export function createLogBuffering(
  buffer: BoundedBuffer<ReadableLogRecord> | undefined,
  activity: Activity = {},
): (record: ReadableLogRecord, context: Context) => void {
  return (record, context) => {
    const attempt = context.getValue(ATTEMPT) as AttemptState | undefined;
    if (attempt?.abandoned) return;
    if ((record.severityNumber ?? 0) >= SeverityNumber.ERROR) activity.failed = true;
    buffer?.add(record);
  };
}
