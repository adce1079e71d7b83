import {
  type Attributes,
  type Context,
  context as contextApi,
  type Span,
  SpanKind,
  trace,
} from '@opentelemetry/api';
import type { SQSRecord } from 'aws-lambda';
import { messagingAttributes } from '../instrumentation/attributes.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import { SCOPE_NAME, SCOPE_VERSION } from '../instrumentation/scope.ts';
import type { TraceMode } from '../instrumentation/telemetry-handle.ts';
import { extractTrace, traceFieldsOf } from '../instrumentation/trace-carrier.ts';
import { decodeMessage, type TraceFields } from '../task/task-message.ts';
import { type QueueIndex, sqsNameOf } from './queue-index.ts';

/** A span that was started but is active only where its context is. */
export interface RecordSpan {
  span: Span;
  context: Context;
}

/** The trace of one batch: the invocation's span and the way to each record's own. */
export interface BatchTrace {
  /** The context of the invocation span. */
  readonly invocation: Context;
  /** Starts the record's `process <queue>` span; whoever calls it ends it. */
  startSpan(record: SQSRecord, attributes?: Attributes): RecordSpan;
  /**
   * Runs `work` with the record's own span active, and ends it. What `work` throws is recorded on
   * the span and thrown on.
   */
  process<T>(record: SQSRecord, work: (span: Span) => T | Promise<T>): Promise<T>;
}

export interface BatchTraceParts {
  invocation: Context;
  /** What each record carries. */
  carried: ReadonlyMap<SQSRecord, Context>;
  findQueue: QueueIndex;
  traceMode: TraceMode;
}

export function createBatchTrace(parts: BatchTraceParts): BatchTrace {
  const startSpan = (record: SQSRecord, attributes?: Attributes) =>
    startRecordSpan(parts, record, attributes);
  return {
    invocation: parts.invocation,
    startSpan,
    async process(record, work) {
      const { span, context } = startSpan(record);
      try {
        return await contextApi.with(context, () => work(span));
      } catch (error) {
        recordFailure(span, error);
        throw error;
      } finally {
        span.end();
      }
    },
  };
}

function startRecordSpan(
  parts: BatchTraceParts,
  record: SQSRecord,
  attributes?: Attributes,
): RecordSpan {
  const { invocation, carried, findQueue, traceMode } = parts;
  const producer = carried.get(record) ?? extractRecordContext(record);
  // Without a producer's span a new trace begins, with the message's baggage if it has any.
  const [parent, linked] =
    traceMode === 'parent' ? [producer, invocation] : [withSpanOf(invocation, producer), producer];
  const link = trace.getSpanContext(linked);
  const sqsName = sqsNameOf(record.eventSourceARN);
  const queue = findQueue(record.eventSourceARN) ?? { name: sqsName, sqsName };
  const span = trace.getTracer(SCOPE_NAME, SCOPE_VERSION).startSpan(
    `process ${queue.name}`,
    {
      kind: SpanKind.CONSUMER,
      attributes: { ...messagingAttributes('process', queue, record.messageId), ...attributes },
      links: link === undefined || !trace.isSpanContextValid(link) ? [] : [{ context: link }],
    },
    parent,
  );
  return { span, context: trace.setSpan(parent, span) };
}

/** The message's context, so that its baggage stays, below the invocation span. */
function withSpanOf(invocation: Context, message: Context): Context {
  const span = trace.getSpan(invocation);
  return span === undefined ? invocation : trace.setSpan(message, span);
}

/** The context in a record: message attributes, then the body's `trace`, then an SNS envelope. */
export function extractRecordContext(record: SQSRecord): Context {
  const fromAttributes = extractTrace([traceFieldsOf(record)]);
  if (trace.getSpanContext(fromAttributes) !== undefined) return fromAttributes;
  return extractTrace([traceFieldsOf(record), ...bodyTraceFields(record.body)]);
}

function bodyTraceFields(body: string): TraceFields[] {
  try {
    const { trace: fields = {}, envelopeAttributes = {} } = decodeMessage(body, 'unknown');
    return [fields, envelopeAttributes];
  } catch {
    return [];
  }
}
