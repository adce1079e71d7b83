// The task with the official instrumentation, and by hand what that does not have: a span a
// message, the task's own spans, and the metrics. Log lines go to stdout alone: the layer exports
// records of winston, pino and bunyan only.
import { context, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import { instrument } from './official-setup.js';
import { decode, processOrder } from './order-work.js';
import { createLog } from './write-log.js';

export const handler = instrument(createHandler);

function createHandler({ tracerProvider, meterProvider, propagation }) {
  const tracer = tracerProvider.getTracer('bench');
  const metrics = createMetrics(meterProvider.getMeter('bench'));
  let cold = true;

  return async (event, { awsRequestId }) => {
    if (cold)
      createLog(awsRequestId, undefined, traceIds)('worker ready', { tasks: ['process_order'] });
    cold = false;
    const failed = await Promise.all(event.Records.map((record) => run(record, awsRequestId)));
    return { batchItemFailures: failed.flat() };
  };

  async function run(record, requestId) {
    const message = decode(record);
    const start = Date.now();
    const waitMs = start - Number(record.attributes.SentTimestamp);
    const parent = propagation.extract(ROOT_CONTEXT, carrierOf(record));
    const options = {
      kind: SpanKind.CONSUMER,
      attributes: spanAttributes(record, message, waitMs),
    };
    const invocation = trace.getSpan(context.active());
    if (invocation) options.links = [{ context: invocation.spanContext() }];
    const span = tracer.startSpan('process default', options, parent);
    const labels = { 'task.name': message.task, 'queue.name': 'default' };
    return context.with(trace.setSpan(parent, span), async () => {
      try {
        const log = createLog(requestId, message, traceIds);
        metrics.attempts.add(1, labels);
        metrics.wait.record(waitMs, labels);
        metrics.started.add(1, labels);
        log('task starting');
        await processOrder(message.payload, log, inSpan);
        const durationMs = Date.now() - start;
        metrics.duration.record(durationMs, { ...labels, 'task.outcome': 'completed' });
        metrics.processDuration.record(durationMs / 1000, messaging);
        metrics.completed.add(1, labels);
        span.setAttribute('task.outcome', 'completed');
        log('task completed', { duration_ms: durationMs });
        return [];
      } catch (error) {
        span.recordException(error);
        return [{ itemIdentifier: record.messageId }];
      } finally {
        span.end();
      }
    });
  }

  function inSpan(name, step) {
    return tracer.startActiveSpan(name, async (span) => {
      try {
        return await step(span);
      } finally {
        span.end();
      }
    });
  }
}

const messaging = {
  'messaging.system': 'aws_sqs',
  'messaging.operation.name': 'process',
  'messaging.destination.name': 'bench',
};

function spanAttributes(record, message, waitMs) {
  return {
    ...messaging,
    'messaging.system.name': 'aws.sqs',
    'messaging.operation.type': 'process',
    'messaging.message.id': record.messageId,
    'task.id': message.id,
    'task.name': message.task,
    'task.attempt': message.attempt,
    'task.wait_ms': waitMs,
  };
}

function carrierOf({ messageAttributes }) {
  const entries = Object.entries(messageAttributes);
  return Object.fromEntries(entries.map(([name, { stringValue }]) => [name, stringValue]));
}

function createMetrics(meter) {
  return {
    attempts: meter.createCounter('task.attempts', { unit: '{attempt}' }),
    started: meter.createCounter('task.started', { unit: '{task}' }),
    completed: meter.createCounter('task.completed', { unit: '{task}' }),
    duration: meter.createHistogram('task.duration', { unit: 'ms' }),
    wait: meter.createHistogram('task.wait', { unit: 'ms' }),
    processDuration: meter.createHistogram('messaging.process.duration', { unit: 's' }),
  };
}

function traceIds() {
  const span = trace.getSpan(context.active())?.spanContext();
  return span && { trace_id: span.traceId, span_id: span.spanId };
}
