import { propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { defineTask, implementTask } from '../../../lib/index.ts';
import { startWorkerBench, type WorkerBench } from './worker-bench.ts';

let bench: WorkerBench;
beforeAll(async () => {
  bench = await startWorkerBench();
});
afterAll(() => bench.stop());

const task = defineTask({ name: 'ship', payload: z.any(), retry: { when: () => 60 } });
const text = (StringValue: string) => ({ DataType: 'String', StringValue });
const traceId = (digit: number) => String(digit).repeat(32);
const spanId = (digit: number) => String(digit).repeat(16);
const traceparent = (digit: number, flags = '01') =>
  text(`00-${traceId(digit)}-${spanId(digit)}-${flags}`);
let baggage: (string | undefined)[] = [];
const implementation = implementTask(task, ({ fails }) => {
  baggage.push(propagation.getActiveBaggage()?.getEntry('tenant')?.value);
  trace.getTracer('shop').startSpan('charge').end();
  if (fails) throw new RangeError('no such street');
});
const message = (id: string, fails = false) => ({ v: 1, id, task: 'ship', payload: { fails } });

describe('the task’s span', () => {
  it('says what docs/telemetry.md promises', async () => {
    const queue = await bench.createQueue();
    const messageId = await queue.send(message('task-1'));
    const span = (await queue.worker([implementation]).deliver()).span('process default');
    expect(span.kind).toBe(SpanKind.CONSUMER);
    expect(span.status.code).toBe(SpanStatusCode.UNSET);
    expect(span.attributes).toEqual({
      'messaging.system': 'aws_sqs',
      'messaging.system.name': 'aws.sqs',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': queue.sqsName,
      'messaging.message.id': messageId,
      'aws.sqs.queue.url': queue.url,
      'task.name': 'ship',
      'task.id': 'task-1',
      'task.attempt': 1,
      'task.outcome': 'completed',
      'task.wait_ms': expect.any(Number),
    });
    expect(span.attributes['task.wait_ms']).toBeGreaterThanOrEqual(0);
  });

  it('of a failed attempt is an error with one exception event; its siblings’ are not', async () => {
    const queue = await bench.createQueue();
    await queue.send(message('good'));
    await queue.send(message('bad', true));
    const { spans } = await queue.worker([implementation]).deliver({ count: 2 });
    const errors = spans.filter(({ status }) => status.code === SpanStatusCode.ERROR);
    expect(errors.map(({ attributes }) => attributes['task.id'])).toEqual(['bad']);
    expect(errors[0]?.status.message).toBe('no such street');
    expect(errors[0]?.attributes).toMatchObject({
      'error.type': 'RangeError',
      'task.outcome': 'retry',
    });
    expect(spans.flatMap(({ events }) => events)).toMatchObject([
      {
        name: 'exception',
        attributes: { 'exception.type': 'RangeError', 'exception.message': 'no such street' },
      },
    ]);
  });

  it('has no waiting time from the second attempt on', async () => {
    const queue = await bench.createQueue();
    await queue.send(message('task-1'));
    const { span } = await queue.worker([implementation]).deliver({
      change: (record) => ({
        ...record,
        attributes: { ...record.attributes, ApproximateReceiveCount: '2' },
      }),
    });
    expect(span('process default').attributes).toMatchObject({ 'task.attempt': 2 });
    expect(span('process default').attributes).not.toHaveProperty('task.wait_ms');
  });
});

describe('the invocation’s span', () => {
  it('is a new trace with a link to each message’s context', async () => {
    const queue = await bench.createQueue();
    await queue.send(message('1'), { MessageAttributes: { traceparent: traceparent(1) } });
    await queue.send(message('2'), { MessageAttributes: { traceparent: traceparent(2) } });
    await queue.send(message('3'));
    const worker = queue.worker([implementation]);
    const span = (await worker.deliver({ count: 3 })).span('process-tasks');
    expect(span.kind).toBe(SpanKind.SERVER);
    expect(span.parentSpanContext).toBeUndefined();
    expect(span.links.map(({ context }) => [context.traceId, context.spanId]).sort()).toEqual([
      [traceId(1), spanId(1)],
      [traceId(2), spanId(2)],
    ]);
    expect(span.attributes).toEqual({
      'faas.trigger': 'pubsub',
      'faas.invocation_id': expect.stringMatching(/^request-/),
      'faas.invocation.id': span.attributes['faas.invocation_id'],
      'faas.coldstart': true,
      'cloud.resource_id': 'arn:aws:lambda:us-east-1:000000000000:function:process-tasks',
      'aws.lambda.invoked_arn': 'arn:aws:lambda:us-east-1:000000000000:function:process-tasks',
      'messaging.batch.message_count': 3,
    });
    await queue.send(message('4'));
    const warm = await worker.deliver();
    expect(warm.span('process-tasks').attributes['faas.coldstart']).toBe(false);
  });
});

describe('the trace mode', () => {
  it.each([
    ['parent', 'process-tasks'],
    ['link', 'producer'],
  ] as const)('%s', async (traceMode, linked) => {
    const queue = await bench.createQueue();
    baggage = [];
    await queue.send(message('1'), {
      MessageAttributes: { traceparent: traceparent(1), baggage: text('tenant=acme') },
    });
    const { span } = await queue.worker([implementation], { traceMode }).deliver();
    const invocation = span('process-tasks').spanContext();
    const producer = { traceId: traceId(1), spanId: spanId(1) };
    const [parent, link] = linked === 'producer' ? [invocation, producer] : [producer, invocation];
    const process = span('process default');
    expect(process.parentSpanContext).toMatchObject({
      traceId: parent.traceId,
      spanId: parent.spanId,
    });
    expect(process.spanContext().traceId).toBe(parent.traceId);
    expect(process.links.map(({ context }) => [context.traceId, context.spanId])).toEqual([
      [link.traceId, link.spanId],
    ]);
    expect(span('charge').parentSpanContext?.spanId).toBe(process.spanContext().spanId);
    // A message’s baggage reaches its task whichever trace it is in.
    expect(baggage).toEqual(['acme']);
  });

  it.each([
    ['no context', {}],
    ['malformed context', { traceparent: text('00-zz-not a trace'), tracestate: text('=') }],
    ['baggage alone', { baggage: text('tenant=acme') }],
  ])(
    'with %s the task runs, in a new trace that is linked to its invocation',
    async (_, MessageAttributes) => {
      const queue = await bench.createQueue();
      baggage = [];
      await queue.send(message('1'), { MessageAttributes });
      const { span, results } = await queue.worker([implementation]).deliver();
      expect(results).toMatchObject([{ outcome: 'completed' }]);
      const process = span('process default');
      const invocation = span('process-tasks').spanContext();
      expect(process.parentSpanContext).toBeUndefined();
      expect(process.spanContext().traceId).not.toBe(invocation.traceId);
      expect(process.links.map(({ context }) => context.spanId)).toEqual([invocation.spanId]);
      expect(baggage).toEqual(['baggage' in MessageAttributes ? 'acme' : undefined]);
    },
  );

  it('an unsampled caller leaves its task’s spans unsent; metrics and logs still go', async () => {
    const queue = await bench.createQueue();
    await queue.send(message('1'), { MessageAttributes: { traceparent: traceparent(1, '00') } });
    const { spans, count, logged } = await queue.worker([implementation]).deliver();
    expect(spans.map(({ name }) => name)).toEqual(['process-tasks']);
    expect(count('task.completed')).toBe(1);
    expect(logged()).toContain('task completed');
  });
});
