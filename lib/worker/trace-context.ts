import type { MiddlewareObj } from '@middy/core';
import type { Span } from '@opentelemetry/api';
import type { Context as LambdaContext, SQSEvent } from 'aws-lambda';
import { createInstruments } from '../instrumentation/instruments.ts';
import { batchSpanOptions, startInvocationSpan } from '../instrumentation/invocation-span.ts';
import { recordFailure } from '../instrumentation/record-failure.ts';
import type { TraceMode } from '../instrumentation/telemetry-handle.ts';
import { type BatchTrace, createBatchTrace, extractRecordContext } from './batch-trace.ts';
import { createQueueIndex, type WorkerQueues } from './queue-index.ts';

export interface TraceContextOptions {
  /** Logical queue names for the spans. @default each queue's SQS name */
  queues?: WorkerQueues;
  /** @default 'parent': a record's span continues its producer's trace, with a link to the invocation */
  traceMode?: TraceMode;
}

/** Lambda's context with what the middleware adds to it. */
export type TracedContext = LambdaContext & { readonly batchTrace: BatchTrace };

/**
 * Middy middleware for SQS consumers: carries trace context out of the message attributes. It
 * starts the invocation span, with a link to every message's context, and hands the handler
 * `context.batchTrace`, which runs each record in a span of its own:
 *
 * ```ts
 * export const handler = middy<SQSEvent>()
 *   .use(traceContext())
 *   .handler(async (event, context) => {
 *     for (const record of event.Records) {
 *       await context.batchTrace.process(record, () => work(record.body));
 *     }
 *   });
 * ```
 */
export function traceContext(
  options: TraceContextOptions = {},
): MiddlewareObj<SQSEvent, unknown, Error, TracedContext> {
  const { queues = {}, traceMode = 'parent' } = options;
  const findQueue = createQueueIndex(queues);
  const invocationSpans = new WeakMap<object, Span>();
  let coldStart = true;

  return {
    name: 'trace-context',
    before: (request) => {
      const records = request.event.Records ?? [];
      const carried = new Map(records.map((record) => [record, extractRecordContext(record)]));
      if (coldStart) createInstruments().coldStarts.add(1);
      const { span, context } = startInvocationSpan({
        name: request.context.functionName,
        trigger: 'pubsub',
        info: request.context,
        coldStart,
        ...batchSpanOptions([...carried.values()]),
      });
      coldStart = false;
      invocationSpans.set(request.context, span);
      const batchTrace = createBatchTrace({ invocation: context, carried, findQueue, traceMode });
      Object.assign(request.context, { batchTrace });
    },
    after: (request) => {
      invocationSpans.get(request.context)?.end();
    },
    onError: (request) => {
      const span = invocationSpans.get(request.context);
      if (span !== undefined && request.error != null) recordFailure(span, request.error);
      span?.end();
    },
  };
}
